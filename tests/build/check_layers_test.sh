#!/bin/bash
# tools/check_layers.py accepts a tree that keeps the law of the folders, and
# refuses it as soon as an upward include or an include cycle is planted in it.
set -uo pipefail

failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

# The python of Debian, whatever else is in PATH.
check() {
  /usr/bin/python3 tools/check_layers.py "$1" 2>&1
}

new_tree() {
  tree=$(mktemp -d "$TEST_TMPDIR/tree.XXXXXX")
  mkdir -p "$tree"/allocator/{base,pages,front} "$tree/tests/pages"
  echo '#include <cstddef>' >"$tree/allocator/base/units.h"
  echo '#include "allocator/base/units.h"' >"$tree/allocator/pages/span.h"
  echo '#include "allocator/pages/span.h"' >"$tree/allocator/front/heap.cc"
  echo '#include "allocator/front/heap.h"' >"$tree/allocator/allocator.h"
  echo '#include "allocator/allocator.h"' >"$tree/tests/pages/fake.h"
}

expect_refusal() {
  local pattern=$1 output
  output=$(check "$tree") && fail "accepted, though: $pattern"
  grep -qF -- "$pattern" <<<"$output" || fail "no '$pattern' in: $output"
}

new_tree
output=$(check "$tree") || fail "the lawful tree: $output"

new_tree
echo '#include "allocator/pages/span.h"' >>"$tree/allocator/base/units.h"
expect_refusal 'allocator/base/units.h includes allocator/pages/span.h, which is above it'

new_tree
echo '#include "allocator/allocator.h"' >>"$tree/allocator/front/heap.cc"
expect_refusal 'allocator/front/heap.cc includes allocator/allocator.h, which is above it'

new_tree
echo '#include "tests/pages/fake.h"' >>"$tree/allocator/pages/span.h"
expect_refusal 'allocator/pages/span.h includes tests/pages/fake.h, which is above it'

new_tree
echo '#include "allocator/pages/planted_b.h"' >"$tree/allocator/pages/planted_a.h"
echo '#include "allocator/pages/planted_a.h"' >"$tree/allocator/pages/planted_b.h"
expect_refusal 'include cycle: allocator/pages/planted_'

new_tree
rm -r "$tree/allocator"
expect_refusal 'no files under allocator/'

((failures == 0))
