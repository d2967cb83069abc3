#!/bin/bash
# The kept traces can be made anew, and the new ones replay.
#
# Usage: record_test.sh RECORD LIBRARY REPLAY
set -euo pipefail

mkdir "$TEST_TMPDIR/new"
"$1" "$2" "$3" "$TEST_TMPDIR/new"
for name in python3 sqlite3 redis git; do
  "$3" --check "$TEST_TMPDIR/new/$name.trace"
done
