#!/bin/bash
# libheadroom.so exports what exports.map lists, no less and no more, and that
# is all that glibc's malloc exports.
# Usage: exports_test.sh PATH/libheadroom.so PATH/exports.map
# shellcheck source=tests/products/lib.sh
source "$(dirname "$0")/lib.sh"

# Names without their versions.
defined_in() {
  nm "${@:2}" --defined-only "$1" |
    awk '$2 ~ /^[A-Zi]$/ { sub(/@.*/, "", $3); print $3 }' | sort -u
}

# The words of the map's global part, comments left out.
sed -e 's/#.*//' "$2" | tr -d '\n' | sed -e 's/.*global://' -e 's/local:.*//' |
  tr ';' '\n' | awk 'NF { print $1 }' | sort >"$WORK/listed"
[[ $(wc -l <"$WORK/listed") -gt 70 ]] || fail "exports.map was not understood"
[[ -z $(uniq -d "$WORK/listed") ]] || fail "exports.map lists a name twice"

defined_in "$1" -D >"$WORK/exported"
diff "$WORK/listed" "$WORK/exported" >&2 ||
  fail "exported (>) and listed (<) names differ"
echo "ok: exports $(wc -l <"$WORK/exported") names, those of exports.map"

# What glibc's allocator defines for programs: in malloc.o, and in libc.so.
archive=$(cc -print-file-name=libc.a)
shared=$(cc -print-file-name=libc.so.6)
defined_in "$shared" -D >"$WORK/libc_so"
(cd "$WORK" && ar x "$archive" malloc.o)
defined_in "$WORK/malloc.o" >"$WORK/malloc_o"
comm -12 "$WORK/malloc_o" "$WORK/libc_so" >"$WORK/glibc"
for name in malloc_trim __libc_mallinfo; do
  grep -qx "$name" "$WORK/glibc" || fail "$archive was not understood"
done
missing=$(comm -23 "$WORK/glibc" "$WORK/exported")
[[ -z $missing ]] || fail "glibc's malloc.o has these, Headroom not: $missing"
echo "ok: all $(wc -l <"$WORK/glibc") names of glibc's malloc are among them"

# A strong reference from the rest of a static libc to anything else would bring
# malloc.o in beside Headroom.
nm -A "$archive" 2>/dev/null | awk '$(NF-1) == "U" { print $NF }' | sort -u \
  >"$WORK/wanted"
missing=$(comm -12 "$WORK/malloc_o" "$WORK/wanted" | comm -23 - "$WORK/exported")
[[ -z $missing ]] || fail "a static libc asks malloc.o for: $missing"
echo "ok: a static libc asks malloc.o for nothing else"
