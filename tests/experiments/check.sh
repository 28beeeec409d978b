#!/usr/bin/env bash
# check.sh RETORT EXPERIMENT: `retort check`, with data that are not ours to ship taken from beside the
# repository. Exit code 77: they are not there.
set -euo pipefail

retort=$1
experiment=$2
data=$(sed -n 's|^path = "\.\./datasets/\([^"]*\)".*|\1|p' "$experiment")
root=$(cd "$(dirname "$experiment")/.." && pwd)
if [ -d "$root/datasets/$data" ]; then
  exec "$retort" check "$experiment"
fi
shared=$root/../shared/data/$data
if [ ! -d "$shared" ]; then
  echo "skipped: neither datasets/$data nor $shared is there"
  exit 77
fi
exec "$retort" check "$experiment" --set "data.path=$shared"
