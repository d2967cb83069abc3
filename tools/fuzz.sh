#!/bin/bash
# Runs one fuzzer, or each in turn: fuzz.sh [--check] [NAME] [SECONDS].
# NAME stands for //fuzz:NAME_fuzz_test; --check only tells whether it exists.
#
# Inputs that reach new code are kept in the user's cache. An input that crashes
# is written to fuzz/corpus/NAME, where the replay test finds it from then on.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."

check=0
if [[ ${1-} == --check ]]; then
  check=1
  shift
fi

all=()
for source in fuzz/*/*_fuzzer.cc; do
  [[ -e $source ]] && all+=("$(basename "$source" _fuzzer.cc)")
done

names=("${all[@]}")
if (($# > 0)); then
  names=("$1")
  if [[ ! -e fuzz/$1/$1_fuzzer.cc ]]; then
    echo "x: no fuzzer '$1', there are: ${all[*]:-none}." >&2
    exit 2
  fi
fi
((check)) && exit 0
readonly seconds=${2-60}

for name in "${names[@]}"; do
  found=${XDG_CACHE_HOME:-$HOME/.cache}/headroom/fuzz/$name
  seeds=$PWD/fuzz/corpus/$name
  mkdir -p "$found" "$seeds"
  echo "x: fuzzing $name for $seconds s" >&2
  flags=()
  # Reports are its daily bread, a thousand a second.
  [[ $name == damage ]] && flags+=(-close_fd_mask=2)
  bazel run --config=fuzz "//fuzz:${name}_fuzz_test_bin" -- \
    "-max_total_time=$seconds" "-artifact_prefix=$seeds/" "${flags[@]}" "$found" "$seeds"
done
