#!/bin/bash
# Runs each command of the documents that calls Bazel: those that stand in
# documented_commands.txt as `ci`. The output is shown when one fails.
set -uo pipefail

cd "$(dirname "$(realpath "$0")")/.." || exit 1

output=$(mktemp)
trap 'rm -f "$output"' EXIT

failed=0
while read -r command; do
  start=$SECONDS
  if bash -c "$command" </dev/null &>"$output"; then
    echo "documented: $command: ok ($((SECONDS - start)) s)"
  else
    cat "$output"
    echo "documented: $command: FAILED"
    failed=1
  fi
done < <(sed -n 's/^\([^#].*\) => ci$/\1/p' tests/build/documented_commands.txt)
exit "$failed"
