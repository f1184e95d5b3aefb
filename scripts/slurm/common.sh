# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts beside this one share.

# fail CODE MESSAGE
fail() {
  echo "joulecast: $2" >&2
  exit "$1"
}

# The program to run on the nodes: $JOULECAST_BIN, this checkout's, or the installed one.
find_program() {
  local built program
  built=$(dirname "${BASH_SOURCE[0]}")/../../build/release/joulecast
  program=$(realpath -m "${JOULECAST_BIN:-$built}")
  if [[ -z ${JOULECAST_BIN-} && ! -x $program ]] && command -v joulecast >/dev/null; then
    program=$(command -v joulecast)
  fi
  [[ -x $program ]] || fail 4 "no program at $program; build it there, or set JOULECAST_BIN"
  echo "$program"
}

require_sbatch() {
  command -v sbatch >/dev/null ||
    fail 4 "no sbatch on this host; run this where the cluster's users submit their jobs"
}
