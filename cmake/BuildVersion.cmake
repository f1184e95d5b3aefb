# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, the C++ file behind joulecast/version.h, if it would change.
# cmake -DSOURCE=. -DOUTPUT=version.cc -DVERSION=0.1.0 "-DTOOLS=GNU 12.2.0, Release" -P BuildVersion.cmake
cmake_minimum_required(VERSION 3.25)
find_package(Git QUIET)
set(commit "")
if(GIT_FOUND AND EXISTS ${SOURCE}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -c safe.directory=* describe --always --dirty --abbrev=12 --exclude=*
    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT "// Made by cmake/BuildVersion.cmake.
#include \"joulecast/version.h\"

namespace joulecast {

std::string_view Version() { return \"@VERSION@\"; }
std::string_view BuildDescription() { return \"commit @commit@, @TOOLS@\"; }

}  // namespace joulecast
")
