# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# is_fresh ROOT PRESET: whether that build is there, and no source is newer than its beginning.
# The launcher asks on every run, so this costs one `find`.
is_fresh() {
  [ -x "$1/build/$2/joulecast" ] && [ -e "$1/build/$2/.built" ] &&
    [ -z "$(find "$1/src" "$1/include" "$1/web" "$1/profiles" "$1/cmake" "$1/CMakeLists.txt" \
      "$1/CMakePresets.json" -name node_modules -prune -o -newer "$1/build/$2/.built" \
      -print -quit 2>/dev/null)" ]
}
