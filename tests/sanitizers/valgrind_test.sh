#!/bin/bash
# memcheck sees what a program does to blocks of Headroom: for
# --config=valgrind.
#
# Usage: valgrind_test.sh PROGRAM LIBRARY
set -uo pipefail

program=$1
library=$(realpath "$2")

failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# What memcheck says. It is to leave malloc to us: else it puts its own in the
# place of ours.
check() {
  LD_PRELOAD=$library valgrind --tool=memcheck --error-exitcode=99 \
    --soname-synonyms=somalloc=nouserintercepts "$@" 2>&1
}

expect_nothing() {
  local output status
  output=$(check "$@")
  status=$?
  ((status == 0)) || fail "$* does nothing wrong: exit status $status, $output"
}

expect_nothing --leak-check=full "$program"
expect_nothing sqlite3 :memory: 'create table t(a);
  with recursive c(x) as (select 1 union all select x + 1 from c where x < 500)
    insert into t select hex(randomblob(x)) from c;
  select count(*) from t where length(a) > 100;'

# The misuse, and the words that name it.
expect() {
  local output status
  output=$(check --leak-check=full "$program" "$1")
  status=$?
  ((status == 99)) || fail "$1: exit status $status, not 99: $output"
  grep -q "$2" <<<"$output" || fail "$1: no '$2' in: $output"
}

expect use_after_free 'Invalid read of size 1'
expect read_behind 'Invalid read of size 1'
expect write_behind 'Invalid write of size 1'
expect uninitialised 'Conditional jump or move depends on uninitialised value'
expect leak '104 bytes in 1 blocks are definitely lost'

((failures == 0)) && echo "memcheck found every misuse"
exit $((failures > 0))
