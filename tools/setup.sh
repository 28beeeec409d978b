#!/usr/bin/env bash
# Brings a Debian or Ubuntu machine to where retort builds; what is there already is left alone.
set -euo pipefail

usage="usage: tools/setup.sh run|test [-DRETORT_LIBTORCH=DIR]
  run   system packages, and LibTorch in \${XDG_CACHE_HOME:-~/.cache}/retort
  test  the same, the test tools, and a Python environment of independent software
  -DRETORT_LIBTORCH=DIR  you have LibTorch in DIR: none is fetched"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/retort

build_packages=(g++ cmake ninja-build ccache pkg-config ca-certificates libfmt-dev libcli11-dev
  libtomlplusplus-dev nlohmann-json3-dev libonnx-dev libprotobuf-dev protobuf-compiler
  libarchive-dev libjpeg-dev libpng-dev libxxhash-dev libkainjow-mustache-dev)
test_packages=(git libgtest-dev libgmock-dev libbenchmark-dev)
# Not every distribution has these: without them one test is skipped, and says so.
optional_packages=(clang-format-14 chromium-headless-shell)

# What a Python must be able to do to fetch LibTorch, and to hold the packages of tools/oracle.txt.
fetches='import pip'
holds_oracle='import ensurepip, venv, sys; assert (3, 11) <= sys.version_info < (3, 15)'

say() { echo "setup: $*"; }
fail() {
  echo "setup: $*" >&2
  exit 1
}

installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# The Pythons of this machine, one a line: the user's own, then the distribution's.
pythons() { type -aP python3 || true; }

# The first Python that can run the given code.
python_with() {
  local python
  while read -r python; do
    if "$python" -c "$1" >/dev/null 2>&1; then
      echo "$python"
      return
    fi
  done < <(pythons)
  return 1
}

# Without descriptor 9, the lock: a service that a package starts must not keep it.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@" 9>&-
  else
    sudo "$@" 9>&-
  fi
}

install_packages() {
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "packages are missing and there is no sudo; as root: apt-get install $*"
  fi
  say "installing with apt-get: $*"
  local log=$cache/apt.log
  as_root apt-get update -qq >"$log" 2>&1 || say "apt-get update failed (see $log), going on"
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "$@" >>"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; fail "apt-get install failed, its words are above and in $log"; }
}

system_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "no apt-get here; these Debian packages, or what they hold, are needed: ${build_packages[*]}"
    return
  fi
  local wanted=("${build_packages[@]}") missing=() package
  python_with "$fetches" >/dev/null || wanted+=(python3 python3-pip)
  if [ "$purpose" = test ]; then
    wanted+=("${test_packages[@]}")
    python_with "$holds_oracle" >/dev/null || wanted+=(python3 python3-venv)
  fi
  for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
  [ "$purpose" = test ] || return 0
  missing=()
  for package in "${optional_packages[@]}"; do
    if ! installed "$package"; then
      if apt-cache show "$package" >/dev/null 2>&1; then
        missing+=("$package")
      else
        say "apt knows no package $package here: the test that needs it is skipped"
      fi
    fi
  done
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# Only one set-up at a time changes the cache. Whoever holds the lock may clear what a killed
# set-up left: finished things get their name by one rename, everything else is named *.partial.
lock_cache() {
  mkdir -p "$cache" ||
    fail "cannot write in $cache: set XDG_CACHE_HOME to a folder where you can"
  exec 9>"$cache/lock"
  if ! flock -n 9; then
    say "another set-up is at work, waiting for it"
    flock 9
  fi
  rm -rf "$cache"/*.partial
}

fetch_libtorch() {
  local version folder partial python quiet=()
  version=$(sed -n 's/^torch==\([0-9.]*\).*/\1/p' "$root/tools/libtorch.txt")
  folder=$cache/libtorch-$version
  [ ! -d "$folder" ] || return 0
  [ "$(uname -sm)" = "Linux x86_64" ] || fail "LibTorch is pinned for Linux on x86_64 only, this is" \
    "$(uname -sm): get LibTorch $version yourself and pass -DRETORT_LIBTORCH=DIR"
  python=$(python_with "$fetches") || fail "no python3 with pip, which fetches LibTorch"
  # The wheels, pip's copy of them while it works, and what is unpacked.
  [ "$(df --output=avail -k "$cache" | tail -n 1)" -gt 2300000 ] ||
    fail "LibTorch needs 2.3 GB while it is unpacked, 1.1 GB afterwards; there is less in $cache"
  say "fetching LibTorch $version (545 MB) into $folder"
  partial=$folder.partial
  mkdir "$partial"
  [ -t 1 ] || quiet=(-q)
  # Big files pass through TMPDIR: keep them on the cache's disk.
  TMPDIR=$partial "$python" -m pip --no-cache-dir --disable-pip-version-check download "${quiet[@]}" \
    --no-deps --require-hashes --only-binary=:all: --python-version 3.11 --implementation cp \
    --abi cp311 --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 \
    --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
    --dest "$partial" --requirement "$root/tools/libtorch.txt" ||
    fail "LibTorch could not be fetched, nothing of it is kept; try again, or pass -DRETORT_LIBTORCH=DIR"
  "$python" "$root/tools/unpack_libtorch.py" "$partial" ||
    fail "LibTorch could not be unpacked, nothing of it is kept; is the disk full?"
  mv "$partial" "$folder"
}

make_oracle() {
  local folder=$cache/oracle partial=$cache/oracle.partial python
  if cmp -s "$root/tools/oracle.txt" "$folder/oracle.txt" && "$folder/bin/python" -c ''; then
    return 0
  fi
  python=$(python_with "$holds_oracle") || fail "no python3 of 3.11 to 3.14 with venv, which the tests need"
  say "making a Python environment for tests in $folder"
  "$python" -m venv "$partial"
  "$partial/bin/python" -m pip --no-cache-dir --disable-pip-version-check install -q \
    --only-binary=:all: --requirement "$root/tools/oracle.txt" ||
    fail "the Python environment could not be filled, nothing of it is kept; try again"
  cp "$root/tools/oracle.txt" "$partial/oracle.txt"
  # Only bin/python of it is used, which works from any folder.
  rm -rf "$folder"
  mv "$partial" "$folder"
}

purpose=${1:-}
own_libtorch=no
for argument in "${@:2}"; do
  case $argument in
    -DRETORT_LIBTORCH=*) own_libtorch=yes ;;
  esac
done
case $purpose in
  run | test) ;;
  -h | --help) echo "$usage" && exit 0 ;;
  *) echo "$usage" >&2 && exit 2 ;;
esac
lock_cache
trap 'rm -rf "$cache"/*.partial' EXIT
system_packages
[ $own_libtorch = yes ] || fetch_libtorch
[ "$purpose" = run ] || make_oracle
say "all there: system packages, LibTorch$([ "$purpose" = run ] || echo ", test tools")"
