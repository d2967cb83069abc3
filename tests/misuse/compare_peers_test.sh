#!/bin/bash
# compare_peers.py tells outcomes apart, and checks a document's table.
# Takes: a library and the folder of the programs, by one of its files.
set -euo pipefail

library=$(realpath "$1")
programs=$(dirname "$(dirname "$(realpath "$2")")")
compare=$PWD/tests/misuse/compare_peers.py
page=${TEST_TMPDIR:?}/page.md

fail() {
  echo "FAILED: $*" >&2
  cat "$page" >&2
  exit 1
}

/usr/bin/python3 "$compare" --programs "$programs" --only 'double free' \
  --peer "Headroom=$library" --peer "system=" >"$page"
grep -q '^| double free | \([1-9][0-9]*\)/\1 | [0-9]*/[0-9]*.* |$' "$page" ||
  fail "Headroom does not catch each double free"
grep -q '^| legal programs that failed | 0/[0-9]* | 0/[0-9]* |$' "$page" ||
  fail "a legal program failed"

if /usr/bin/python3 "$compare" --check "$page" 2>"$page.error"; then
  fail "a table of one family passes for whole"
fi
grep -q 'lacks: .*large blocks' "$page.error" ||
  fail "the sentence names no family: $(cat "$page.error")"

sed -n 's/^\[\(.*\)\]$/| \1 | 1\/1 | 0\/1 |/p' tests/misuse/crimes.txt |
  { echo '<!-- begin: compare_peers -->'; cat; echo '<!-- end: compare_peers -->'; } \
    >"$page"
/usr/bin/python3 "$compare" --check "$page" || fail "a whole table is refused"
echo 'no table' >"$page"
if /usr/bin/python3 "$compare" --check "$page" 2>/dev/null; then
  fail "a page without a table passes"
fi
echo "ok"
