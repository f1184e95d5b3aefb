# SPDX-License-Identifier: Apache-2.0
# What is installed where, and the packages made of it. Components are packages:
#   core    the command, its shared library for C, its manual and completions
#   lab     the commands that measure and learn        run   those that run layers (PyTorch)
#   dev     headers, static libraries, CMake and pkg-config files
#   python  the Python module
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(libexec ${CMAKE_INSTALL_LIBEXECDIR}/joulecast) # where `joulecast` finds its other halves
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/joulecast)

install(TARGETS joulecast RUNTIME COMPONENT core)
install(TARGETS joulecast_c EXPORT joulecast
        LIBRARY COMPONENT core NAMELINK_COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set_target_properties(joulecast_c PROPERTIES EXPORT_NAME c)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT core)
install(FILES LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT core)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT core FILES_MATCHING PATTERN "*.md")

# The program describes itself: neither the manual nor a completion can say anything else.
set(made ${CMAKE_CURRENT_BINARY_DIR}/share)
set(describing joulecast)
foreach(other joulecast-lab joulecast-run joulecast-serve)
  if(TARGET ${other})
    list(APPEND describing ${other})
  endif()
endforeach()
add_custom_command(
  OUTPUT ${made}/joulecast.1 ${made}/joulecast.bash ${made}/_joulecast ${made}/joulecast.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
  COMMAND joulecast manual -o ${made}/joulecast.1
  COMMAND joulecast completion bash -o ${made}/joulecast.bash
  COMMAND joulecast completion zsh -o ${made}/_joulecast
  COMMAND joulecast completion fish -o ${made}/joulecast.fish
  DEPENDS ${describing} VERBATIM)
add_custom_target(joulecast_share ALL DEPENDS ${made}/joulecast.1)
install(FILES ${made}/joulecast.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT core)
install(FILES ${made}/joulecast.bash RENAME joulecast
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT core)
install(FILES ${made}/_joulecast
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT core)
install(FILES ${made}/joulecast.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT core)

if(TARGET joulecast-lab)
  install(TARGETS joulecast-lab RUNTIME DESTINATION ${libexec} COMPONENT lab)
  install(DIRECTORY campaigns DESTINATION ${CMAKE_INSTALL_DATADIR}/joulecast COMPONENT lab)
  install(DIRECTORY scripts/slurm DESTINATION ${CMAKE_INSTALL_DATADIR}/joulecast COMPONENT lab
          USE_SOURCE_PERMISSIONS)
endif()
if(TARGET joulecast-run)
  install(TARGETS joulecast-run RUNTIME DESTINATION ${libexec} COMPONENT run)
endif()
if(TARGET joulecast-serve)
  install(TARGETS joulecast-serve RUNTIME DESTINATION ${libexec} COMPONENT core)
endif()

install(TARGETS joulecast_core EXPORT joulecast ARCHIVE COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set_target_properties(joulecast_core PROPERTIES EXPORT_NAME core)
target_compile_features(joulecast_core INTERFACE cxx_std_20)
install(DIRECTORY include/joulecast DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
        FILES_MATCHING PATTERN "*.h")
install(EXPORT joulecast NAMESPACE joulecast:: FILE joulecastTargets.cmake DESTINATION ${package}
        COMPONENT dev)
if(TARGET joulecast_lab)
  install(TARGETS joulecast_lab EXPORT joulecast_lab ARCHIVE COMPONENT dev
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  set_target_properties(joulecast_lab PROPERTIES EXPORT_NAME lab)
  install(EXPORT joulecast_lab NAMESPACE joulecast:: FILE joulecastLabTargets.cmake
          DESTINATION ${package} COMPONENT dev)
endif()
configure_package_config_file(cmake/joulecastConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/joulecastConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/joulecastConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/joulecastConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/joulecastConfigVersion.cmake
        DESTINATION ${package} COMPONENT dev)
file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /) # so that the prefix may be any
foreach(name joulecast joulecast-core)
  configure_file(cmake/${name}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endforeach()

include(Packages)
