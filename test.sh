#!/usr/bin/env bash
# Builds everything and runs the tests; ends with ctest's summary and its exit code.
set -euo pipefail

usage="usage: ./test.sh [fast|slow] [-DNAME=VALUE...]
Sets the machine up (Debian or Ubuntu, as root or with sudo), builds everything in build/dev and
runs all tests, or only those with the label fast or slow.
  -DNAME=VALUE  passed to CMake; -DRETORT_LIBTORCH=DIR for a LibTorch of your own"

labels=()
case ${1:-} in
  fast | slow) labels=(--label-regex "^$1\$") && shift ;;
esac
for argument in "$@"; do
  case $argument in
    -h | --help) echo "$usage" && exit 0 ;;
    -D*) ;;
    *) echo "$usage" >&2 && exit 2 ;;
  esac
done
cd "$(dirname "${BASH_SOURCE[0]}")"

tools/setup.sh test "$@"
tools/build.sh dev all "$@"
# One test at a time: trainings use all processors themselves.
ctest --preset dev "${labels[@]}"
