#!/bin/bash
# ./x refuses wrong arguments with one sentence and status 2, before it sets
# anything up, and its help names every verb.
set -uo pipefail

failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

# expect STATUS PATTERN ARGUMENTS...: runs ./x, compares status and output.
expect() {
  local status=$1 pattern=$2 output actual
  shift 2
  output=$(./x "$@" 2>&1 </dev/null)
  actual=$?
  ((actual == status)) || fail "./x $*: status $actual, not $status"
  grep -qE -- "$pattern" <<<"$output" || fail "./x $*: no '$pattern' in: $output"
}

for verb in setup build run test fuzz sanitize mutants bench lint install help; do
  expect 0 "^  $verb" help
done
expect 0 '^Usage: ./x VERB' --help
expect 0 '^Usage: ./x VERB'

expect 2 "unknown verb 'frobnicate'" frobnicate
expect 2 "setup takes no arguments, got '--force'" setup --force
expect 2 "lint takes no arguments, got 'all'" lint all
expect 2 "test --sid takes no more arguments, got 'now'" test --sid now
expect 2 "no fuzzer 'nothing', there are: " fuzz nothing
expect 2 "'soon' is not a number of seconds" fuzz 60 soon
expect 2 "fuzz knows no option '--marge'" fuzz --marge
expect 2 'fuzz --afl takes the name of one fuzzer' fuzz --afl
expect 2 "no sanitizer 'soap'" sanitize soap
expect 2 'sanitize takes one name' sanitize asan tsan
expect 2 "sanitize --self-test takes no more arguments, got 'asan'" sanitize --self-test asan
expect 2 "no sanitizer '--fast'" sanitize --fast
expect 2 "bench knows no argument '--filter'" bench --filter pair
expect 2 "no program 'emacs'" bench --quick --programs emacs
expect 0 '^usage: ./x bench' bench --quick --help
expect 2 "install knows only --prefix DIR, got '--perfix'" install --perfix /nowhere
expect 2 'install --prefix takes one directory' install --prefix
expect 127 "cannot run 'no-such-program': no such program" run no-such-program --flag

((failures == 0))
