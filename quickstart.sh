#!/usr/bin/env bash
# From a fresh machine to a distilled MNIST student.
set -euo pipefail

usage="usage: ./quickstart.sh [-DNAME=VALUE...]
Sets the machine up (Debian or Ubuntu, as root or with sudo), builds the command retort and runs
experiments/mnist-quick.toml. A second call fetches, builds and trains nothing that is there.
  -DNAME=VALUE  passed to CMake; -DRETORT_LIBTORCH=DIR for a LibTorch of your own
Then ./test.sh runs the tests."

for argument in "$@"; do
  case $argument in
    -h | --help) echo "$usage" && exit 0 ;;
    -D*) ;;
    *) echo "$usage" >&2 && exit 2 ;;
  esac
done
cd "$(dirname "${BASH_SOURCE[0]}")"

echo "1/3 Setting up the machine"
tools/setup.sh run "$@"

echo "2/3 Building retort"
tools/build.sh release retort "$@"

echo "3/3 Running experiments/mnist-quick.toml: a teacher, a student, and its twin without a teacher"
retort=build/release/bin/retort
$retort run experiments/mnist-quick.toml --verify

cat <<END

The report:  $PWD/runs/mnist-quick/report.html
Try next:
  $retort predict runs/mnist-quick/student.onnx datasets/mnist:18 --temperature 4
  $retort run experiments/mnist-quick.toml --set seed=2 --out runs/mnist-quick-2
  $retort list
END
