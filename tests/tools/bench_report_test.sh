#!/bin/bash
# The benchmark report: its data, its tables, its page as text. The python of
# Debian, whatever else is in PATH.
set -euo pipefail

modules=()
for file in tests/tools/bench_report/*_test.py; do
  name=$(basename "$file" .py)
  [[ $name == browser_test ]] || modules+=("$name")
done
PYTHONPATH=tools/bench:tests/tools/bench_report PYTHONDONTWRITEBYTECODE=1 \
  exec /usr/bin/python3 -m unittest "${modules[@]}"
