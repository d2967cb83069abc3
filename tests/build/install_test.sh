#!/bin/bash
# tools/install.sh makes a tree from which a program without Bazel is compiled
# and linked, with the shared library and with the archive, in C and in C++.
set -euo pipefail

readonly prefix=$TEST_TMPDIR/prefix
tools/install.sh "$prefix" allocator

cat >"$TEST_TMPDIR/program.c" <<'END'
#include <headroom/headroom.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  void* block = headroom_malloc(100);
  void* other = malloc(100);
  printf("%d\n", headroom_nallocx(100, 0) >= 100 && block && other);
  headroom_free(block);
  free(other);
}
END
cat >"$TEST_TMPDIR/program.cc" <<'END'
#include <headroom/headroom.h>
#include <headroom/memory_resource.h>
#include <cstdio>
#include <string>

int main() { std::printf("%d\n", std::string(100, 'x').size() == 100); }
END

expect_1() {
  local output
  output=$("$@")
  [[ $output == 1 ]] || { echo "FAIL: $* prints '$output'"; exit 1; }
}

for flags in "-L$prefix/lib -lheadroom -Wl,-rpath,$prefix/lib" "$prefix/lib/libheadroom.a -pthread"; do
  # shellcheck disable=SC2086  # several words on purpose
  gcc "$TEST_TMPDIR/program.c" -I"$prefix/include" $flags -o "$TEST_TMPDIR/c"
  expect_1 "$TEST_TMPDIR/c"
  # shellcheck disable=SC2086
  g++ -std=c++20 "$TEST_TMPDIR/program.cc" -I"$prefix/include" $flags -o "$TEST_TMPDIR/cxx"
  expect_1 "$TEST_TMPDIR/cxx"
done

readonly description=$prefix/lib/pkgconfig/headroom.pc
grep -qx "prefix=$(realpath "$prefix")" "$description"
grep -qE '^Version: [0-9]+\.[0-9]+\.[0-9]+$' "$description"
