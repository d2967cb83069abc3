#!/bin/bash
# Where the trace goes, what happens when it cannot, and that the program does
# not notice.
#
# Usage: trace_file_test.sh PROGRAM LIBRARY
set -uo pipefail

program=$(realpath "$1")
library=$(realpath "$2")
cd "$TEST_TMPDIR" || exit 1

fail() {
  echo "trace_file_test: $*" >&2
  exit 1
}

# Runs the program on the library, its standard error with its output.
traced() {
  HEADROOM_OPTIONS=$1 LD_PRELOAD=$library "${@:2}" 2>&1
}

expect() {
  [[ $2 == "$3" ]] || fail "$1: is '$2', not '$3'"
}

# A relative path is one of the directory where the program began.
mkdir here || fail "no directory"
out=$(cd here && traced trace=t "$program" many) || fail "it fails when traced"
expect "output" "$out" "done"
[[ -s here/t ]] || fail "no trace where the program began"
expect "whose" "$(stat -c %a here/t)" 600

# An older file stays as it is.
before=$(cksum here/t)
traced "trace=$PWD/here/t" "$program" many >/dev/null
expect "the older file" "$(cksum here/t)" "$before"
files=(here/t.*)
expect "files beside it" "${#files[@]}" 1

# A link is not followed.
ln -s "$PWD/elsewhere" link
traced "trace=$PWD/link" "$program" many >/dev/null
[[ ! -e elsewhere ]] || fail "a link was followed"

# No file without a directory: one line, and the program goes on.
out=$(traced "trace=$PWD/nowhere/t" "$program" many) || fail "it fails"
expect "no directory" "$out" \
  "headroom: trace: cannot write $PWD/nowhere/t: errno 2; the trace ends here
done"

# No more room: the same. What is there was whole when it was written.
out=$(
  trap '' XFSZ
  ulimit -f 20
  traced "trace=$PWD/full" "$program" many
) || fail "it fails when the file is full"
expect "no room" "$out" \
  "headroom: trace: cannot write $PWD/full: errno 27; the trace ends here
done"
(($(stat -c %s full) >= 16000)) || fail "the first buffer is lost"

# What cannot be a path is said, and is no trace.
long=$(printf 'x%.0s' {1..512})
out=$(traced "trace=$long" "$program" many) || fail "it fails"
expect "a long path" "$out" \
  "headroom: HEADROOM_OPTIONS: 'trace=$long' is ignored: trace is a file's path, at most 511 bytes
done"
long=${long:0:500}
out=$(traced "trace=$long" "$program" many) || fail "it fails"
expect "a long path, with where we are" "$out" \
  "headroom: HEADROOM_OPTIONS: 'trace=$long' is ignored: with the current directory it has $((${#PWD} + 501)) bytes, at most 511 can be
done"

# Programs do the same under it, and with hardening beside it.
for options in "trace=$PWD/sorted" "strict=1:trace=$PWD/strict"; do
  seq 20000 | sort -R >numbers
  expect "sort" "$(traced "$options" sort -n numbers | cksum)" \
    "$(seq 20000 | cksum)"
done
[[ -s sorted && -s strict ]] || fail "no trace of sort"
echo "ok"
