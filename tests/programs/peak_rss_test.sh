#!/bin/bash
# The peak RSS of redis-server while it is filled, and of clang++ compiling $2, is
# at most 1.15 times what it is on glibc: the median of three runs on each side.
# HEADROOM_RSS_LIMIT is the limit in percent.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/server.sh"
source "$(dirname "$0")/redis.sh"
source "$(dirname "$0")/clang.sh"
[[ -f ${2:-} ]] || fail "no source file was named."
source_file=$(readlink -f "$2")
readonly source_file limit=${HEADROOM_RSS_LIMIT:-115}

run_redis() {
  start_redis "$1"
  fill_redis "$1"
  note_peak "$1" "$SERVER"
  stop "$1" TERM
}

run_clang() { on "$1" "${CLANG[@]}" "$source_file" -o object.o; }

# measure SIDE WORKLOAD: the median peak, in KiB, goes to $WORK/SIDE.median.
measure() {
  rm -f "$WORK/$1.peaks"
  for _ in 1 2 3; do
    "run_$2" "$1"
    peak_of "$1" >>"$WORK/$1.peaks"
  done
  sort -n "$WORK/$1.peaks" | sed -n 2p >"$WORK/$1.median"
}

too_much=()
for workload in redis clang; do
  measure glibc "$workload"
  measure headroom "$workload"
  glibc=$(<"$WORK/glibc.median")
  ours=$(<"$WORK/headroom.median")
  percent=$((ours * 100 / glibc))
  echo "$workload: peak RSS $glibc KiB on glibc, $ours KiB on $(basename "$HEADROOM"): $percent %"
  ((percent <= limit)) || too_much+=("$workload")
done
((${#too_much[@]} == 0)) || fail "above $limit % of glibc's peak RSS: ${too_much[*]}."
