#!/bin/bash
# Every way to link Headroom without Bazel, in C and C++: the program runs, and
# proves itself whose malloc it has.
# Usage: link_test.sh PATH/libheadroom.so
# shellcheck source=tests/products/lib.sh
source "$(dirname "$0")/lib.sh"

readonly ARCHIVE=$PRODUCTS/libheadroom.a PREFIXED=$PRODUCTS/libheadroom_prefixed.a
whole() { echo "-Wl,--whole-archive $1 -Wl,--no-whole-archive"; }

link_and_run "C without Headroom" system cc "$SMOKE"
link_and_run "C, -lheadroom" headroom cc "$SMOKE" -L"$PRODUCTS" -lheadroom
link_and_run "C++, -lheadroom" headroom c++ "$SMOKE_NEW" -L"$PRODUCTS" -lheadroom

for static in "" -static -static-pie; do
  # shellcheck disable=SC2046,SC2086
  {
    link_and_run "C, archive $static" headroom cc $static "$SMOKE" "$ARCHIVE"
    link_and_run "C++, archive $static" headroom \
      c++ $static "$SMOKE_NEW" "$ARCHIVE"
    link_and_run "C++, whole archive $static" headroom \
      c++ $static "$SMOKE_NEW" $(whole "$ARCHIVE")
    link_and_run "C, prefixed archive $static" both \
      cc $static "$SMOKE" $(whole "$PREFIXED")
  }
done

# A linker that takes the shared library when it may, and the archive when it
# must.
link_and_run "C, -static -lheadroom" headroom \
  cc -static "$SMOKE" -L"$PRODUCTS" -lheadroom

# A program that itself calls nothing of malloc's, but whose libc does.
echo '#include <stdio.h>
      #include <string.h>
      #include "allocator/headroom.h"
      int main(void) {
        struct headroom_stats stats;
        char* line = NULL;
        size_t room = 0;
        FILE* self = fopen("/proc/self/stat", "r");
        if (self == NULL || getline(&line, &room, self) < 0) return 2;
        headroom_stats(&stats, sizeof(stats));
        return stats.small_live_bytes > room ? 0 : 1;
      }' >"$WORK/printf.c"
link_and_run "C, libc's own calls" headroom cc -static "$WORK/printf.c" "$ARCHIVE"
