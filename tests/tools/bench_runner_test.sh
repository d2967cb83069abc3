#!/bin/bash
# The parts of tools/bench that need no build and no quiet machine, with a program
# that plays bench_worker. The python of Debian, whatever else is in PATH. $1: a
# library with mimalloc's function for its version.
set -euo pipefail

modules=()
for file in tests/tools/bench/*_test.py; do
  modules+=("$(basename "$file" .py)")
done
FAKE_MIMALLOC=$(realpath "$1") PYTHONDONTWRITEBYTECODE=1 \
  PYTHONPATH=tools/bench:tests/tools/bench \
  exec /usr/bin/python3 -m unittest "${modules[@]}"
