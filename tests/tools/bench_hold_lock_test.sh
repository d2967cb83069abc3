#!/bin/bash
# A lock that ./x bench holds on purpose, from the run to the drawn plot. $1 is
# bench_worker, the others are Headroom's libraries.
set -euo pipefail

# As in the project's folder, where the runner looks for what it runs.
root=$TEST_TMPDIR/root
mkdir -p "$root/tools" "$root/bazel-bin/bench" "$root/bazel-bin/allocator"
cp -RL tools/bench "$root/tools/"
cp -L "$1" "$root/bazel-bin/bench/"
cp -L "${@:2}" "$root/bazel-bin/allocator/"

ROOT=$root PYTHONDONTWRITEBYTECODE=1 \
  PYTHONPATH=$root/tools/bench:tests/tools/bench_end_to_end \
  exec /usr/bin/python3 -m unittest hold_lock_test
