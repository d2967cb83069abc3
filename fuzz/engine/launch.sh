#!/bin/bash
# Runs a fuzzer until it is stopped, on its corpus and with its dictionary:
# launch.sh BINARY [OPTIONS] [-- ARGUMENTS OF THE ENGINE].
#
#   --timeout_secs=N          stop after N seconds
#   --fuzzing_output_root=DIR keep what is found there (default: /tmp/fuzzing)
#   --clean                   forget what an earlier run found
#   --regression              only replay the corpus
set -euo pipefail

readonly binary=$1
shift
name=$(basename "$binary" _bin)
root=/tmp/fuzzing
flags=()
clean=0
regression=0
while (($# > 0)); do
  case $1 in
    --timeout_secs=*) flags+=("-max_total_time=${1#*=}") ;;
    --fuzzing_output_root=*) root=${1#*=} ;;
    --clean) clean=1 ;;
    --regression) regression=1 ;;
    --)
      shift
      flags+=("$@")
      break
      ;;
    *)
      echo "launch: no option '$1'" >&2
      exit 2
      ;;
  esac
  shift
done

seeds=$(dirname "$binary")/corpus/${name%_fuzz_test}
mkdir -p "$seeds"
if ((regression)); then
  exec "$binary" "$seeds"/*
fi
readonly found=$root/$name/corpus artifacts=$root/$name/artifacts
((clean)) && rm -rf "$found" "$artifacts"
mkdir -p "$found" "$artifacts"
readonly dictionary=${binary%_bin}.dict
[[ -e $dictionary ]] && flags+=("-dict=$dictionary")
# The allocator's reports are a fuzzer's daily bread; libFuzzer's stay.
exec "$binary" -close_fd_mask=2 "-artifact_prefix=$artifacts/" "${flags[@]}" \
  "$found" "$seeds"
