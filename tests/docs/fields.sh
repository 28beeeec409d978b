#!/usr/bin/env bash
# fields.sh RETORT PAGE
set -euo pipefail
if ! diff -u "$2" <("$1" list fields); then
  echo "run: retort list fields > docs/fields.md"
  exit 1
fi
