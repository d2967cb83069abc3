#!/bin/bash
# libheadroom.so needs libc alone, takes one pointer of static TLS, and has no
# writable code or executable stack.
# Usage: needs_test.sh PATH/libheadroom.so BYTES_OF_STATIC_TLS
# shellcheck source=tests/products/lib.sh
source "$(dirname "$0")/lib.sh"

needed=$(readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for library in $needed; do
  case $library in
    libc.so.6 | ld-linux*.so.*) ;;
    *) fail "libheadroom.so needs $library" ;;
  esac
done
[[ $needed == *libc.so.6* ]] || fail "readelf was not understood: $needed"
echo "ok: needs ${needed//$'\n'/ }"

# A weak reference is no need: of the C++ runtime there are no others.
strong=$(nm -D --undefined-only "$1" | awk '$1 == "U" && $2 !~ /@GLIBC/')
[[ -z $strong ]] || fail "names that libc does not have: $strong"
echo "ok: asks nobody but libc"

size=$(readelf -lW "$1" | awk '$1 == "TLS" { print $6 }')
[[ $((size)) -eq $2 ]] || fail "the TLS segment has $size bytes, not $2"
readelf -dW "$1" | grep -q STATIC_TLS || fail "TLS is not initial-exec"
echo "ok: $2 bytes of static TLS"

readelf -dW "$1" | grep -q TEXTREL && fail "has text relocations"
readelf -lW "$1" | grep 'GNU_STACK.*RWE' && fail "has an executable stack"
readelf -dW "$1" | grep -q 'SONAME.*libheadroom.so' || fail "has no soname"
echo "ok: no text relocations, no executable stack"
