#!/usr/bin/env bash
# check.sh RETORT EXPERIMENT: `retort check`, with data that are not ours to ship taken from beside the
# repository. Exit code 77: they are not there.
set -euo pipefail

retort=$1
experiment=$2
root=$(cd "$(dirname "$experiment")/.." && pwd)
overrides=()
# A line "TABLE NAME" for each path = "../datasets/NAME" in the file.
while read -r table data; do
  if [ -d "$root/datasets/$data" ]; then continue; fi
  shared=$root/../shared/data/$data
  if [ ! -d "$shared" ]; then
    echo "skipped: neither datasets/$data nor $shared is there"
    exit 77
  fi
  overrides+=(--set "$table.path=$shared")
done < <(sed -n -e 's|^\[\([^]]*\)\].*|t \1|p' -e 's|^path = "\.\./datasets/\([^"]*\)".*|p \1|p' "$experiment" |
  while read -r kind word; do
    if [ "$kind" = t ]; then table=$word; else echo "$table $word"; fi
  done)
exec "$retort" check "$experiment" "${overrides[@]}"
