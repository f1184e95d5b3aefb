# SPDX-License-Identifier: Apache-2.0
# Finds PyTorch's C++ library: Debian's libtorch-dev, or the one of a Python installation with
# -DCMAKE_PREFIX_PATH=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)').
# Defines the target Libtorch::cpu.
#
# PyTorch's own TorchConfig.cmake fails where a build with CUDA lies beside no CUDA toolkit, as pip
# installs it. We use none of CUDA's headers, and load PyTorch's CUDA half when it is asked for.
set(hints "")
foreach(prefix IN LISTS CMAKE_PREFIX_PATH)
  list(APPEND hints ${prefix}/../..) # of torch/share/cmake
endforeach()
find_path(Libtorch_INCLUDE_DIR ATen/core/Tensor.h HINTS ${hints} PATH_SUFFIXES include)
find_library(Libtorch_CPU_LIBRARY torch_cpu HINTS ${hints} PATH_SUFFIXES lib)
find_library(Libtorch_C10_LIBRARY c10 HINTS ${hints} PATH_SUFFIXES lib)
mark_as_advanced(Libtorch_INCLUDE_DIR Libtorch_CPU_LIBRARY Libtorch_C10_LIBRARY)

set(required Libtorch_INCLUDE_DIR Libtorch_CPU_LIBRARY Libtorch_C10_LIBRARY)
if(Libtorch_INCLUDE_DIR AND Libtorch_CPU_LIBRARY AND Libtorch_C10_LIBRARY)
  # PyTorch from PyPI had the old ABI of std::string until 2.6, which nothing of Debian's links with.
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_INCLUDES ${Libtorch_INCLUDE_DIR})
  set(CMAKE_REQUIRED_LIBRARIES ${Libtorch_CPU_LIBRARY} ${Libtorch_C10_LIBRARY})
  set(CMAKE_REQUIRED_LINK_OPTIONS LINKER:--allow-shlib-undefined)
  check_cxx_source_compiles("#include <ATen/Version.h>
                             int main() { return at::show_config().empty(); }" Libtorch_LINKS)
  unset(CMAKE_REQUIRED_INCLUDES)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  list(APPEND required Libtorch_LINKS)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libtorch REQUIRED_VARS ${required})
if(Libtorch_FOUND AND NOT TARGET Libtorch::cpu)
  add_library(Libtorch::cpu INTERFACE IMPORTED)
  target_include_directories(Libtorch::cpu SYSTEM INTERFACE
    ${Libtorch_INCLUDE_DIR} ${Libtorch_INCLUDE_DIR}/torch/csrc/api/include)
  target_link_libraries(Libtorch::cpu INTERFACE ${Libtorch_CPU_LIBRARY} ${Libtorch_C10_LIBRARY})
  # Libraries that PyTorch brings along lie beside it; those of CUDA come when they are needed.
  target_link_options(Libtorch::cpu INTERFACE LINKER:--allow-shlib-undefined)
endif()
