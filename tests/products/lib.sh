# What the product tests share.
# Takes:  $1 of the test, the folder with the products, by one of its files.
# Gives:  $PRODUCTS, $WORK (removed at the end), fail, link_and_run.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C
unset LD_PRELOAD LD_LIBRARY_PATH

PRODUCTS=$(realpath "$(dirname "$1")")
ROOT=$PWD
WORK=$(mktemp -d "${TEST_TMPDIR:-/tmp}/headroom.XXXXXX")
readonly PRODUCTS ROOT WORK
trap 'rm -rf "$WORK"' EXIT

# What the tests link.
# shellcheck disable=SC2034
readonly SMOKE=$ROOT/tests/smoke/smoke.c SMOKE_NEW=$ROOT/tests/smoke/smoke_new.cc

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# link_and_run WHAT EXPECTED COMPILER ARGUMENTS...: compiles and links with the
# arguments, runs the program with EXPECTED, and wants exit status 0.
link_and_run() {
  local what=$1 expected=$2
  shift 2
  local program=$WORK/program
  "$@" -I"$ROOT" -D_GNU_SOURCE -o "$program" 2>"$WORK/log" ||
    fail "$what does not link: $(cat "$WORK/log")"
  LD_LIBRARY_PATH=$PRODUCTS "$program" "$expected" >"$WORK/log" 2>&1 ||
    fail "$what does not run: $(cat "$WORK/log")"
  echo "ok: $what"
}
