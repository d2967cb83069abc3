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
    [[ $(field "$out" workload) == "replay_$name" ]] || fail "its name: $out"
    (($(field "$out" operations) > 1000)) || fail "nothing was done: $out"
    (($(field "$out" peak_live_bytes) >= $(field "$out" live_bytes))) ||
      fail "the peak is no peak: $out"
  done
done

once=$(field "$("$replay" "${traces[0]}")" operations)
thrice=$(field "$("$replay" --repeats=3 "${traces[0]}")" operations)
((thrice == 3 * once)) || fail "three repeats: $thrice; one: $once"

# As a workload: until a time or a number of blocks is reached, by whole replays.
trace=${traces[0]}
for length in --seconds=0.05 --operations=$((2 * once + 1)); do
  out=$("$replay" "$length" --rss_every_ms=5 "$trace") || fail "$length fails"
  repeats=$(field "$out" repeats)
  (($(field "$out" operations) == repeats * once)) || fail "$length: $out"
  [[ $length != --operations* ]] || ((repeats == 3)) || fail "$length: $out"
  /usr/bin/python3 -c 'import json, sys
run, seconds = json.loads(sys.argv[1]), float(sys.argv[2])
assert run["wall_s"] >= seconds and run["rss"] and run["peak_rss_kib"] > 0, run
' "$out" "$([[ $length == --seconds* ]] && echo 0.05 || echo 0)" ||
    fail "$length: $out"
done

# In slices: a line of input for each, a line of output, and the sum at the end.
out=$(printf '\n\n\n' | "$replay" --seconds=0.01 --slices "$trace") ||
  fail "--slices fails"
/usr/bin/python3 -c 'import json, sys
*slices, run = sys.argv[1].splitlines()
run = json.loads(run)
slices = [[int(word) for word in one.split()] for one in slices]
assert len(slices) == 3 and all(ns >= 1e7 for _, ns in slices), slices
assert sum(done for done, _ in slices) == run["operations"], (slices, run)
assert abs(sum(ns for _, ns in slices) / 1e9 - run["wall_s"]) < 1e-4, run
' "$out" || fail "--slices: $out"

# Each call is timed: those of the trace, no others.
out=$("$replay" --operations=1 --latency "$trace") || fail "--latency fails"
/usr/bin/python3 -c 'import json, sys
run = json.loads(sys.argv[1])
calls = {name: call["count"] for name, call in run["latency"].items()}
assert calls["malloc"] + calls.get("realloc", 0) == run["operations"], calls
assert 0 < calls["free"] <= calls["malloc"], calls
assert all(sum(count for _, count in call["buckets"]) == call["count"]
           for call in run["latency"].values()), run' "$out" ||
  fail "--latency: $out"

# As bench_worker lists its own, threads and all.
mapfile -t listed < <("$replay" --list "${traces[@]}")
((${#listed[@]} == ${#traces[@]})) || fail "--list: ${listed[*]}"
for i in "${!traces[@]}"; do
  [[ $(field "${listed[i]}" name) == "replay_$(basename "${traces[i]}" .trace)" ]] ||
    fail "--list: ${listed[i]}"
  threads=$(field "$("$replay" "${traces[i]}")" threads)
  [[ $(field "${listed[i]}" least_threads) == "$threads" &&
    $(field "${listed[i]}" most_threads) == "$threads" ]] ||
    fail "--list: ${listed[i]}"
done

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
refuses "--seconds is more than 0" --seconds=nan "${traces[0]}"
refuses "--operations is 1 or more" --operations=-1 "${traces[0]}"
refuses "--rss_every_ms is more than 0" --rss_every_ms=-1 "${traces[0]}"
refuses "exclude each other" --check --latency "${traces[0]}"
refuses "--slices and --latency exclude" --slices --latency "${traces[0]}"
refuses "--hold_lock wants BYTES=Nms" --hold_lock=8 "${traces[0]}"
refuses "no such lock to hold" --hold_lock=8=1ms "${traces[0]}"
refuses "no such file" --list "$work/nothing"
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
