#!/bin/bash
# The real programs that ./x bench runs, each once, on the library of $1.
set -euo pipefail

HEADROOM_LIBRARY=$(realpath "$1") PYTHONDONTWRITEBYTECODE=1 \
  PYTHONPATH=tools/bench:tests/tools/bench/programs \
  exec /usr/bin/python3 -m unittest programs_test
