#!/bin/bash
# Checks that each test named in documented_commands.txt exists.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."

mapfile -t labels < <(sed -n 's,^[^#].* => \(//.*\),\1,p' tests/build/documented_commands.txt)
for label in "${labels[@]}"; do
  bazel query --noshow_progress "tests($label)" 2>/dev/null | grep -q . || {
    echo "check_documented_tests: $label is no test" >&2
    exit 1
  }
done
