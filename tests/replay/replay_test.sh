#!/bin/bash
# The program itself: what it prints, and how it ends; and every trace that is
# kept, on two mallocs.
#
# Usage: replay_test.sh REPLAY LIBRARY TRACE...
set -uo pipefail

replay=$(realpath "$1")
library=$(realpath "$2")
traces=("${@:3}")
work=$TEST_TMPDIR

fail() {
  echo "replay_test: $*" >&2
  exit 1
}

# The program refuses with status 2, and one line that holds the words.
refuses() {
  local words=$1 out status
  shift
  out=$("$replay" "$@" 2>&1 >/dev/null)
  status=$?
  ((status == 2)) || fail "$*: status $status, not 2: $out"
  [[ $out == "replay: "*"$words"* && $out != *$'\n'* ]] || fail "$*: says: $out"
}

# A field of the one line of JSON, by a parser that is not ours.
field() {
  /usr/bin/python3 -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$@"
}

((${#traces[@]} >= 3)) || fail "there are no traces"
for trace in "${traces[@]}"; do
  (($(stat -L -c %s "$trace") < 300 * 1024)) || fail "$trace is large"
  for preload in "" "$library"; do
    out=$(LD_PRELOAD=$preload "$replay" --check "$trace") ||
      fail "$trace on '$preload' differs"
    [[ -z $preload || $(field "$out" malloc_file) == "$preload" ]] ||
      fail "on another malloc: $out"
    name=$(basename "$trace" .trace)
    [[ $(field "$out" workload) == "trace:$name" ]] || fail "its name: $out"
    (($(field "$out" operations) > 1000)) || fail "nothing was done: $out"
    (($(field "$out" peak_live_bytes) >= $(field "$out" live_bytes))) ||
      fail "the peak is no peak: $out"
  done
done

once=$(field "$("$replay" "${traces[0]}")" operations)
thrice=$(field "$("$replay" --repeats=3 "${traces[0]}")" operations)
((thrice == 3 * once)) || fail "three repeats: $thrice; one: $once"

# What is recorded under a replay is the replay's; it can be compiled, and the
# compiled one and the recording are the same.
HEADROOM_OPTIONS=trace=$work/recorded LD_PRELOAD=$library \
  "$replay" "${traces[0]}" >/dev/null || fail "a traced replay fails"
"$replay" --compile "$work/recorded" "$work/compiled" >/dev/null ||
  fail "it does not compile"
cmp <("$replay" --print "$work/recorded") <("$replay" --print "$work/compiled") ||
  fail "they are not the same"
"$replay" --check "$work/compiled" >/dev/null || fail "it does not replay"

refuses "wants one file"
refuses "wants one file" a b
refuses "--compile wants" --compile a
refuses "--repeats is 1 or more" --repeats=0 "${traces[0]}"
refuses "no such file" "$work/nothing"
refuses "no such file" "$work"
echo "something else" >"$work/else"
refuses "neither a trace nor a recording" "$work/else"
refuses "not a recording" --compile "${traces[0]}" "$work/else"
head -c 1000 "${traces[0]}" >"$work/short"
refuses "damaged trace" "$work/short"
head -c 1000 "$work/recorded" >"$work/short"
refuses "damaged recording" "$work/short"
"$replay" --compile "$work/recorded" "$work/nowhere/t" >/dev/null 2>&1
(($? == 1)) || fail "a file that cannot be written"
echo "ok"
