#!/bin/bash
# clang++ compiles files of this project on both sides: the same object files,
# byte for byte. $2 and on: the sources.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/clang.sh"
(($# > 1)) || fail "no source file was named."

for source in "${@:2}"; do
  source=$(readlink -f "$source")
  for side in glibc headroom; do
    on "$side" "${CLANG[@]}" "$source" -o object.o
  done
  same glibc/object.o headroom/object.o "the object file of $(basename "$source")"
  passed "clang++ $(basename "$source")"
done
