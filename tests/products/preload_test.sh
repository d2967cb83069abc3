#!/bin/bash
# LD_PRELOAD on programs that know nothing of Headroom.
# Usage: preload_test.sh PATH/libheadroom.so PATH/smoke
# shellcheck source=tests/products/lib.sh
source "$(dirname "$0")/lib.sh"

"$2" system >"$WORK/log" 2>&1 || fail "without: $(cat "$WORK/log")"
LD_PRELOAD=$PRODUCTS/libheadroom.so "$2" headroom >"$WORK/log" 2>&1 ||
  fail "LD_PRELOAD: $(cat "$WORK/log")"
echo "ok: the program's malloc is Headroom's"

# The dynamic linker's own word for a program of the system.
LD_DEBUG=bindings LD_DEBUG_OUTPUT=$WORK/bindings \
  LD_PRELOAD=$PRODUCTS/libheadroom.so ls / >/dev/null
for name in malloc free calloc realloc; do
  grep -h "symbol \`$name'" "$WORK"/bindings.* >"$WORK/lines" ||
    fail "ls does not use $name"
  ! grep -v 'to .*/libheadroom.so' "$WORK/lines" >&2 || fail "$name is libc's"
done
echo "ok: ls is bound to Headroom"
