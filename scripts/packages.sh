# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# The Debian packages that each task needs: the one list, read by scripts/build and ./check.

packages_core="g++ cmake ninja-build libcli11-dev libfmt-dev nlohmann-json3-dev libtomlplusplus-dev"
packages_lab="libsqlite3-dev libeigen3-dev"
packages_server="libboost-dev"
packages_check="git libgtest-dev libgmock-dev libbenchmark-dev clang-format clang-tidy shellcheck
python3 ccache time libfuse3-dev fuse3 gcc pkg-config man-db zsh fish"
# What runs layers; with another BLAS, libtorch is up to 37 times slower or minds no thread count.
packages_torch="libtorch-dev libopenblas0-openmp"
# Tests read what PyTorch exports; a benchmark reads it as Python does.
packages_exports="python3-torch python3-torchvision python3-onnx"
# Fuzz targets, the documentation as a site, what the tests reach.
packages_fuzz="clang libclang-rt-14-dev"
packages_docs="mkdocs doxygen"
packages_coverage="gcovr"
# A test starts a cluster of its own; the services that come with these are not used.
packages_cluster="slurm-wlm munge"
# Debian packages are made, and installed on a Debian of their own.
packages_packaging="dpkg-dev file debootstrap"

# The Python package and its tests. Its wheel takes pip, which brings its own tools.
packages_python="python3-dev pybind11-dev python3-pytest python3-pandas python3-venv"
# Charts of reports are built by Node, and looked at by a browser in tests.
packages_web="nodejs npm chromium"

# Prints those of the given packages that are not there. A tool counts wherever it comes from.
missing_packages() {
  local package
  for package in "$@"; do
    case $package in
      ninja-build) command -v ninja >/dev/null && continue ;;
      nodejs) command -v node >/dev/null && continue ;;
      g++ | cmake | git | clang-format | clang-tidy | shellcheck | ccache | npm | chromium)
        command -v "$package" >/dev/null && continue ;;
    esac
    [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == *" installed" ]] ||
      printf '%s ' "$package"
  done
}

# Sees to it that the given packages are installed, logging to the file $1. Returns 4, having said
# what to do, where this user or this system cannot. Elsewhere than on Debian nobody can tell what
# is missing: the build is tried, and the packages are named if it fails.
require_packages() {
  local log=$1 missing
  shift
  if ! command -v apt-get >/dev/null; then
    echo "joulecast: not Debian: needs what Debian calls $*" >&2
    return 0
  fi
  missing=$(missing_packages "$@")
  missing=${missing% }
  [[ -z $missing ]] && return 0
  if ((EUID != 0)); then
    echo "joulecast: packages are missing; install them, then try again:" >&2
    echo "  sudo apt-get install --no-install-recommends $missing" >&2
    return 4
  fi
  echo "joulecast: installing $missing" >&2
  # shellcheck disable=SC2086  # one word a package
  if ! install_packages $missing >>"$log" 2>&1; then
    echo "joulecast: apt-get could not install $missing; the end of $log:" >&2
    tail -n 20 "$log" >&2
    return 4
  fi
}

# A fresh machine has no package lists and an old one has stale lists: fetched when first needed.
install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  local install=("${apt[@]}" install -y --no-install-recommends "$@")
  "${install[@]}" </dev/null || { "${apt[@]}" update && "${install[@]}"; } </dev/null
}
