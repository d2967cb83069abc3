#!/bin/bash
# The parts of tools/fuzz that need no build: arguments, libFuzzer's lines,
# tables, merges, coverage. The python of Debian, whatever else is in PATH.
set -euo pipefail

modules=()
for file in tests/tools/fuzz/*_test.py; do
  modules+=("$(basename "$file" .py)")
done
PYTHONPATH=tools/fuzz:tests/tools/fuzz PYTHONDONTWRITEBYTECODE=1 \
  exec /usr/bin/python3 -m unittest "${modules[@]}"
