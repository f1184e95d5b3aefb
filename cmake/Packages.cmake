# SPDX-License-Identifier: Apache-2.0
# Debian packages of the components: cpack -G DEB in the build folder.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME joulecast)
set(CPACK_PACKAGE_CONTACT "The Joulecast authors <joulecast@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS # whatever the umask
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(CPACK_COMPONENTS_ALL core dev)
set(CPACK_DEBIAN_CORE_PACKAGE_NAME joulecast)
set(CPACK_COMPONENT_CORE_DESCRIPTION
    "Forecasts the energy of deep-learning models\n Joules per inference from a model's configuration, layer by layer, with an\n interval, without running it.")
set(CPACK_DEBIAN_CORE_PACKAGE_SUGGESTS "joulecast-lab")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libjoulecast-dev)
set(CPACK_COMPONENT_DEV_DESCRIPTION
    "Joulecast as a library for C++ and C\n Headers, static libraries, CMake and pkg-config files.")
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "joulecast (= ${PROJECT_VERSION}), libfmt-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "libsqlite3-dev")

if(TARGET joulecast-lab)
  list(APPEND CPACK_COMPONENTS_ALL lab)
  set(CPACK_DEBIAN_LAB_PACKAGE_NAME joulecast-lab)
  set(CPACK_DEBIAN_LAB_PACKAGE_DEPENDS "joulecast (= ${PROJECT_VERSION})")
  set(CPACK_DEBIAN_LAB_PACKAGE_SUGGESTS "joulecast-run")
  set(CPACK_COMPONENT_LAB_DESCRIPTION
      "Joulecast's commands that measure and learn\n Energy meters of this machine, datasets of measurements, device profiles.")
endif()
if(TARGET joulecast-run)
  list(APPEND CPACK_COMPONENTS_ALL run)
  set(CPACK_DEBIAN_RUN_PACKAGE_NAME joulecast-run)
  set(CPACK_DEBIAN_RUN_PACKAGE_DEPENDS "joulecast-lab (= ${PROJECT_VERSION}), libopenblas0-openmp")
  set(CPACK_COMPONENT_RUN_DESCRIPTION
      "Joulecast's commands that run layers\n Measures layers and whole networks with PyTorch's library.")
endif()
if(TARGET joulecast_python)
  list(APPEND CPACK_COMPONENTS_ALL python)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-joulecast)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.11), python3 (<< 3.12)")
  set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA
      ${PROJECT_SOURCE_DIR}/cmake/python3-joulecast/postinst
      ${PROJECT_SOURCE_DIR}/cmake/python3-joulecast/prerm)
  set(CPACK_COMPONENT_PYTHON_DESCRIPTION "Joulecast for Python\n import joulecast")
endif()
include(CPack)
