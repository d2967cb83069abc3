#!/bin/bash
# The benchmark report in Chromium.
set -euo pipefail

PYTHONPATH=tools/bench:tests/tools/bench_report PYTHONDONTWRITEBYTECODE=1 \
  exec /usr/bin/python3 -m unittest browser_test
