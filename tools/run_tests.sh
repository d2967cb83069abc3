#!/bin/bash
# Runs `bazel test` on all targets, or on those given, and ends with one line:
# how many test cases passed and failed. Exits non-zero when one failed.
set -uo pipefail

here=$(dirname "$(realpath "$0")")
cd "$here/.." || exit 1

targets=()
"$here/has_target.sh" "$@" || targets=(//...)

events=$(mktemp)
trap 'rm -f "$events"' EXIT

bazel test --keep_going --build_event_json_file="$events" "$@" "${targets[@]}"
status=$?
/usr/bin/python3 "$here/count_tests.py" "$events" "$status"
