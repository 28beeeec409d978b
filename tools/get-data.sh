#!/usr/bin/env bash
# Gets a data set that is not ours to ship: from its authors' page, or from a folder.
set -euo pipefail

usage="usage: tools/get-data.sh cifar-10|cifar-100|photos [--from DIR] [--to DIR]
  --from DIR  DIR holds the published archive, or its files (plain, .gz or .xz); nothing is fetched.
              photos: DIR/train and DIR/test, each with folders cat, dog, apple and banana of photographs
  --to DIR    where it goes; else datasets/NAME of this repository"

page=https://www.cs.toronto.edu/~kriz
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "get-data: $*" >&2
  exit 1
}

case ${1:-} in
  cifar-10)
    sha256=c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd
    folder=cifar-10-batches-bin
    train='data_batch_[1-5].bin*'
    test='test_batch.bin*'
    ;;
  cifar-100)
    sha256=58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec
    folder=cifar-100-binary
    train='train.bin*'
    test='test.bin*'
    ;;
  photos) ;;
  -h | --help) echo "$usage" && exit 0 ;;
  *) echo "$usage" >&2 && exit 2 ;;
esac
name=$1
archive=$name-binary.tar.gz
from=
to=$root/datasets/$name
shift
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || { echo "$usage" >&2 && exit 2; }
  case $1 in
    --from) from=$2 ;;
    --to) to=$2 ;;
    *) echo "$usage" >&2 && exit 2 ;;
  esac
  shift 2
done

# Whole or absent: filled beside its place, then renamed.
partial=$to.partial
if [ -e "$to" ]; then
  echo "get-data: $to is there already"
  exit 0
fi
rm -rf "$partial"
mkdir -p "$partial"
trap 'rm -rf "$partial"' EXIT

fetch() {
  if command -v curl >/dev/null; then
    curl --fail --location --output "$2" "$1"
  elif command -v wget >/dev/null; then
    wget --output-document="$2" "$1"
  else
    fail "wanted curl or wget to fetch $1; or fetch it yourself and pass --from with its folder"
  fi
}

unpack() {
  local sum
  sum=$(sha256sum "$1" | cut -d ' ' -f 1)
  [ "$sum" = $sha256 ] || fail "$1 is not the published archive: its sha256 is $sum, wanted $sha256"
  tar --extract --gzip --file "$1" --directory "$partial" --strip-components 1 --no-same-owner
}

# The files of a folder, or of the published folder in it.
copy_files() {
  local place
  for place in "$1" "$1/$folder"; do
    compgen -G "$place/$train" >/dev/null || continue
    find "$place/" -maxdepth 1 -type f \( -name "$train" -o -name "$test" -o -name '*.txt' \) \
      -exec cp {} "$partial/" \;
    return
  done
  fail "$1 holds neither $archive nor $train"
}

# Cats and dogs of the Oxford-IIIT Pet Dataset (CC BY-SA 4.0), apples and bananas of the Grocery Store
# Dataset (MIT), sorted into folders. The training photographs stand there once more without their
# labels: each in the pool of the teacher that knows its like.
copy_photos() {
  local part class
  [ -n "$1" ] || fail "photos come from two publishers, robots.ox.ac.uk/~vgg/data/pets and" \
    "github.com/marcusklasson/GroceryStoreDataset: sort them into folders and pass --from"
  for part in train test; do
    for class in cat dog apple banana; do
      [ -d "$1/$part/$class" ] || fail "$1/$part/$class is not there"
      mkdir -p "$partial/$part"
      cp -r --no-preserve=mode "$1/$part/$class" "$partial/$part/"
    done
  done
  mkdir -p "$partial/unlabelled/pets" "$partial/unlabelled/fruit"
  ln "$partial"/train/{cat,dog}/* "$partial/unlabelled/pets/"
  ln "$partial"/train/{apple,banana}/* "$partial/unlabelled/fruit/"
  find "$1/" -maxdepth 1 -type f -name 'LICENSE*' -exec cp --no-preserve=mode {} "$partial/" \;
}

if [ "$name" = photos ]; then
  copy_photos "$from"
elif [ -z "$from" ]; then
  fetch "$page/$archive" "$partial/$archive" || fail "$page/$archive could not be fetched"
  unpack "$partial/$archive"
  rm "$partial/$archive"
elif [ -f "$from/$archive" ]; then
  unpack "$from/$archive"
else
  copy_files "$from"
fi
chmod 755 "$partial"
mv "$partial" "$to"
echo "get-data: $name is in $to"
