#!/usr/bin/env bash
# install.sh CMAKE BUILD SOURCE [-DNAME=VALUE...]
set -euo pipefail
cmake=$1
build=$2
source=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$cmake" --install "$build" --prefix "$folder/first" >"$folder/install.log" ||
  { cat "$folder/install.log"; exit 1; }
# The package must work from another folder, and know nothing of the one it was built in.
mv "$folder/first" "$folder/prefix"
if grep -rlF -e "$source" -e "$folder/first" "$folder/prefix/lib/cmake" "$folder/prefix/include"; then
  echo "the installed files above name the folder they were built in or installed to"
  exit 1
fi

"$cmake" -S "$source/tests/install/stranger" -B "$folder/build" -G Ninja \
  -DCMAKE_PREFIX_PATH="$folder/prefix" "${@:4}"
"$cmake" --build "$folder/build"
"$folder/build/stranger" "$folder/model.safetensors"
"$folder/prefix/bin/retort" describe "$folder/model.safetensors"
