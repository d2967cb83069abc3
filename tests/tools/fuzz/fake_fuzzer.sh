#!/bin/bash
# Plays libFuzzer: speaks and behaves as its name asks, so that a test needs no
# build. With one file it replays: fails, as a crash does, on one that says so.
if (($# == 1)); then
  printf 'INFO: Seed: 1\nRunning: %s\n' "$1" >&2
  [[ $(<"$1") != bad ]] || { echo "state.cc:7: broken: a promise" >&2; exit 77; }
  exit 0
fi

inputs=()
for argument in "$@"; do
  case $argument in
    -artifact_prefix=*) prefix=${argument#*=} ;;
    -set_cover_merge=1) merge=1 ;;
    -*) ;;
    *) inputs+=("$argument") ;;
  esac
done

if [[ ${merge-} ]]; then
  # Takes all that is no failure, which it stores.
  for file in "${inputs[1]}"/* "${inputs[2]}"/*; do
    [[ -e $file ]] || continue
    if [[ $(<"$file") == bad ]]; then
      cp "$file" "${prefix}crash-$(basename "$file")"
    else
      cp "$file" "${inputs[0]}/"
    fi
  done
  exit 0
fi

end() {
  printf 'stat::number_of_executed_units: 40\nstat::average_exec_per_sec: 4\n'
  exit 0
}
trap end USR1
printf '#2\tINITED cov: 5 ft: 6 corp: 1/1b exec/s: 3 rss: 1Mb\n'
printf '#3\tNEW    cov: 6 ft: 7 corp: 2/2b exec/s: 3 rss: 1Mb\n'
case $(basename "$0") in
  crash_*)
    echo bad >"${prefix}crash-1"
    echo "artifact_prefix='$prefix'; Test unit written to ${prefix}crash-1"
    exit 77
    ;;
  slow_*)
    echo slow >"${prefix}slow-unit-1"
    echo "artifact_prefix='$prefix'; Test unit written to ${prefix}slow-unit-1"
    end
    ;;
  broken_*)
    echo 'ERROR: no such flag'
    exit 1
    ;;
  patient_*) while :; do sleep 0.05; done ;;
  *) end ;;
esac
