#!/usr/bin/env bash
# Configures a preset and builds it with as many jobs as there are processors and memory for.
#   tools/build.sh PRESET TARGET [-DNAME=VALUE...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=$1
target=$2

# A file that includes LibTorch takes up to 1.5 GB to compile.
memory_jobs=$(awk '/^MemAvailable:/ { print int($2 / 1.5e6) }' /proc/meminfo)
jobs=$(nproc)
[ "$memory_jobs" -ge "$jobs" ] || jobs=$((memory_jobs > 0 ? memory_jobs : 1))

log=build/$preset-configure.log
mkdir -p build
if ! cmake --preset "$preset" "${@:3}" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
cmake --build --preset "$preset" --target "$target" --parallel "$jobs"
