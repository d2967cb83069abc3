#!/bin/bash
# Builds every fuzzer into $OUT, as a build.sh of OSS-Fuzz does: with the
# compiler $CXX, $CXXFLAGS and the engine $LIB_FUZZING_ENGINE.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."
: "${OUT:?is where the fuzzers go}" "${LIB_FUZZING_ENGINE:?is the engine}"

flags=()
for flag in ${CXXFLAGS-}; do
  flags+=("--copt=$flag" "--linkopt=$flag")
done

targets=()
for source in fuzz/*/*_fuzzer.cc; do
  targets+=("//fuzz:$(basename "$source" _fuzzer.cc)_fuzz_test_oss_fuzz")
done
readonly options=(--config=oss-fuzz "--repo_env=CC=${CXX:-clang}" "${flags[@]}")
bazel build "${options[@]}" "${targets[@]}"
built=$(bazel info "${options[@]}" bazel-bin)
mkdir -p "$OUT"
for tar in "${targets[@]#//fuzz:}"; do
  tar --extract --file "$built/fuzz/$tar.tar" --directory "$OUT"
done
