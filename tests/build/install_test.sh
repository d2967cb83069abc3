#!/bin/bash
# tools/install.sh makes a tree from which a program without Bazel is compiled
# and linked, with the shared library and with the archive, in C and in C++, and
# statically: without a word of the linker's, unwinding and sampling unharmed.
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

# Throws first in a constructor; each throw sorts what was registered since.
cat >"$TEST_TMPDIR/throws.cc" <<'END'
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>

bool Throws() {
  void* block = std::malloc(50);
  try {
    throw std::runtime_error("a text that does not fit into the object");
  } catch (const std::exception&) {
    std::free(block);
    return true;
  }
}
const bool early = Throws();

int main() { std::printf("%d\n", early && Throws()); }
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

for form in "" -static -static-pie; do
  # shellcheck disable=SC2086  # empty on purpose
  g++ $form "$TEST_TMPDIR/throws.cc" "$prefix/lib/libheadroom.a" -pthread -o "$TEST_TMPDIR/throws" 2>"$TEST_TMPDIR/words"
  [[ ! -s $TEST_TMPDIR/words ]] || { echo "FAIL: the linker says:"; cat "$TEST_TMPDIR/words"; exit 1; }
  for options in "" sample_every=1 sample_every=2 sample_every=3; do
    expect_1 env "HEADROOM_OPTIONS=$options" timeout 60 "$TEST_TMPDIR/throws"
  done
done

for script in gdb heap text; do
  [[ -s $prefix/share/headroom/headroom_$script.py ]] || { echo "FAIL: no headroom_$script.py"; exit 1; }
done

readonly description=$prefix/lib/pkgconfig/headroom.pc
grep -qx "prefix=$(realpath "$prefix")" "$description"
grep -qE '^Version: [0-9]+\.[0-9]+\.[0-9]+$' "$description"
