#!/bin/bash
# Runs clang-tidy on one file of the allocator. Silent when all is well.
if ! output=$(clang-tidy-22 --quiet --warnings-as-errors='*' "$1" -- \
  -std=c++20 -I. 2>&1); then
  echo "$output"
  exit 1
fi
