#!/bin/bash
# Runs all tests, those of the fuzzers' corpora among them, under each sanitizer
# that is named, and tests/sanitizers, which show that it sees the heap's blocks.
# Valgrind, which is slow, gets the latter alone. Ends with one line for each.
#
# Usage: sanitize.sh asan|ubsan|tsan|msan|valgrind...
set -uo pipefail

here=$(dirname "$(realpath "$0")")

log=$(mktemp)
trap 'rm -f "$log"' EXIT

summary=()
failed=0
for name in "$@"; do
  echo "x: running the tests under $name" >&2
  targets=(//...)
  case $name in
    asan | msan) targets+=("//tests/sanitizers:${name}_test") ;;
    valgrind) targets=(//tests/sanitizers:valgrind_test) ;;
  esac
  start=$SECONDS
  "$here/run_tests.sh" "--config=$name" --build_tests_only \
    "--test_tag_filters=-no_sanitizer,-no_$name" "${targets[@]}" 2>&1 | tee "$log" ||
    failed=1
  # Of the tests that failed: the others' output is not shown.
  findings=$(grep -cE '(ERROR|WARNING): [A-Za-z]+Sanitizer|: runtime error: ' "$log")
  summary+=("$name: $(tail -n 1 "$log"), $findings findings ($((SECONDS - start)) s)")
done

echo
printf '%s\n' "${summary[@]}"
exit "$failed"
