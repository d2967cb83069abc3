#!/bin/bash
# Succeeds when one of the arguments for Bazel is a target, not an option.
# A target pattern that takes away, such as -//tests/..., is no target to build.
for argument in "$@"; do
  [[ $argument == -* ]] || exit 0
done
exit 1
