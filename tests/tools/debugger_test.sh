#!/bin/bash
# tools/headroom_gdb.py explains the heap of tests/tools/known_heap.cc: in bare
# cores of stripped programs without debug information, and in a live process.
# Usage: debugger_test.sh PATH/libheadroom.so
# shellcheck source=tests/products/lib.sh
source "$(dirname "$0")/../products/lib.sh"

SCRIPT=$(realpath "$ROOT/tools/headroom_gdb.py")
readonly SCRIPT KNOWN_HEAP=$ROOT/tests/tools/known_heap.cc
export HOME=$WORK DEBUGINFOD_URLS=
cd "$WORK"

run_gdb() {
  gdb -nx -batch -iex 'set auto-load off' -ex "source $SCRIPT" "$@" 2>&1
}

# start PROGRAM PRELOAD ARGUMENTS_OF_GDB...: runs it to its abort; `names` has
# what it said.
start() {
  run_gdb -ex 'set startup-with-shell off' ${2:+-ex "set environment LD_PRELOAD $2"} \
    -ex run "${@:3}" "$1" >log || fail "$1: $(cat log)"
  sed -n 's/^\([a-z_]* 0x[0-9a-f]*\)$/\1/p' log >names
  [[ $(wc -l <names) -ge 12 ]] || fail "$1 did not run: $(cat log)"
}

address_of() { awk -v name="$1" '$1 == name { print $2 }' names; }

# explain_all ARGUMENTS_OF_GDB...: what each command says, in files.
explain_all() {
  rm -rf said && mkdir said
  local name address commands=()
  while read -r name address; do
    commands+=(-ex "echo --- $name\\n" -ex "headroom explain $address + 2")
  done <names
  for name in heap threads check; do
    commands+=(-ex "echo --- $name\\n" -ex "headroom $name")
  done
  run_gdb "$@" "${commands[@]}" |
    awk '$1 == "---" { file = "said/" $2; next } file { print >file }'
}

# expect NAME REGEX...: lines that this command has to print, in this order.
expect() {
  local name=$1 regex line found
  shift
  exec 3<"said/$name" || fail "$name: nothing said"
  for regex in "$@"; do
    found=
    while [[ ! $found ]] && IFS= read -r line <&3; do
      [[ ! $line =~ $regex ]] || found=1
    done
    [[ $found ]] || fail "$name: no '$regex' in: $(cat "said/$name")"
  done
}

expect_known_heap() {
  local live damaged overrun
  live=$(address_of live) damaged=$(address_of damaged) overrun=$(address_of overrun)
  expect live "lies 2 bytes into a block of 104" \
    "block +$live, 104 usable bytes, class 6, stride 112" 'state +live$' \
    'header +opens: live, class 6' 'in front ' 'behind '
  expect freed 'state +free, in the cache of thread 1 \(LWP [0-9]+\)$' 'opens: free, class 12'
  expect cached 'state +free, in the cache of thread 2 '
  expect parked 'state +free, in the cache of a thread that ended'
  expect in_span 'state +free, in its span$' 'opens: in span'
  expect stacked 'state +free, in central stack [0-9]+$'
  expect overrun 'state +live$' \
    "behind +$damaged, damaged: header 0x4141414141414141 'AAAAAAAA' opens in no state"
  expect damaged 'state +damaged: header 0x4141414141414141' "in front +$overrun, live"
  expect aligned "block +$(address_of aligned), .* aligned inside of 0x" 'opens: live, aligned'
  expect large "block +$(address_of large), 10[0-9]+ usable bytes, large block" \
    'state +live' 'in front +(a span|free pages|a large)' 'behind '
  expect mapping '167[0-9]+ usable bytes, block in its own mapping' 'opens: live, large'
  expect closed 'lies in free pages, .*: a freed large block, inaccessible'
  expect unmapped 'lies where a large block was that has been freed'
  expect global 'is no memory of this heap'
  expect heap '^ +6 +104 +1 +1 +[0-9]+ +0 +104$' '^ +47 +1000 +1 +31 +[0-9]+ +1 +31000$' \
    '^ +large +- +2 +2 +0 +0 ' '^ +mapping +- +1 +1 ' 'free pages: [0-9]+ bytes' \
    "damaged: $damaged, class 47" "in front: $overrun, live"
  expect threads '^thread 2 \(LWP [0-9]+\): cache 0x.* 1 block, 720 bytes' \
    '^  class 38, 712 usable bytes: 1 block$' '^thread 1 .*, [0-9]+ blocks'
  expect check "^damaged: $damaged" '^1 problem$'
}

# The reader's fields are the anchor's.
sed -n '/^struct DebugAnchor/,/^};/s/^  .* \([a-z_]*\);.*/\1/p' "$ROOT/allocator/debug_anchor.h" |
  grep -v kVersion >fields
(cd "$(dirname "$SCRIPT")" &&
  python3 -Bc 'import headroom_heap as hh; print(*hh.FIELDS, sep="\n")') |
  diff fields - || fail "headroom_heap.FIELDS (>) and DebugAnchor (<) differ"
echo "ok: the reader knows the anchor's fields"

cp "$PRODUCTS/libheadroom.so" preload.so
chmod u+w preload.so
c++ -std=c++20 -O1 -pthread -s "$KNOWN_HEAP" -o program
strip -s preload.so program
start "$WORK/program" "$WORK/preload.so" -ex 'generate-core-file core'
mv preload.so moved.so
explain_all -c core
expect_known_heap
echo "ok: a core alone, of a stripped program with a stripped preloaded library"

c++ -std=c++20 -O1 -pthread -static -s -Wl,--gc-sections "$KNOWN_HEAP" \
  -L"$PRODUCTS" -lheadroom -o program 2>log || fail "static: $(cat log)"
strip -s program
start "$WORK/program" '' -ex 'generate-core-file core'
explain_all program core
expect_known_heap
echo "ok: a core of a stripped static program"

start "$WORK/program" '' -ex 'echo --- check\n' -ex 'headroom check' \
  -ex "source $ROOT/tests/tools/damage_heap.py" -ex 'echo --- damaged\n' -ex 'headroom check'
mkdir -p said
awk '$1 == "---" { file = "said/" $2; next } file { print >file }' log
expect check '^1 problem$'
expect damaged "^$(address_of twice) is listed twice: in the cache of thread .* and in the cache" \
  "^span $(address_of miscounted), class [0-9]+: [0-9]+ blocks? .* back, [0-9]+ counted" \
  '^note: 1 free block in no list' '^3 problems$'
echo "ok: a live process, and damage to the heap's own records"

HEADROOM_OPTIONS=quarantine=1m start "$WORK/program" '' -ex 'generate-core-file core'
explain_all -c core
expect freed 'state +freed, in quarantine$' 'opens: quarantined, class 12'
expect check '^1 problem$'
echo "ok: quarantine"

c++ -std=c++20 -O1 -pthread -s "$KNOWN_HEAP" -o program
start "$WORK/program" ''
run_gdb -ex run -ex 'headroom heap' ./program >log || true
grep -q 'no Headroom in this program' log || fail "without Headroom: $(cat log)"
echo "ok: a program without Headroom"
