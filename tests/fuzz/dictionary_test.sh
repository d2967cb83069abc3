#!/bin/bash
# The options fuzzer's dictionary is in what OSS-Fuzz gets and in what the
# launcher gives to libFuzzer.
set -euo pipefail

readonly words=fuzz/options/options.dict
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar --extract --file fuzz/options_fuzz_test_oss_fuzz.tar --directory "$work"
cmp "$words" "$work/options_fuzz_test.dict"
[[ -x $work/options_fuzz_test && -s $work/options_fuzz_test_seed_corpus.zip ]]

# What the engine's program is given.
launch() {
  printf '#!/bin/sh\necho "$@"\n' >"$work/$1_bin"
  chmod +x "$work/$1_bin"
  fuzz/engine/launch.sh "$work/$1_bin" "--fuzzing_output_root=$work/found"
}
launch options_fuzz_test | grep -qF -- "-dict=$work/options_fuzz_test.dict "
if launch heap_fuzz_test | grep -F -- -dict; then
  echo "a fuzzer without a dictionary gets one" >&2
  exit 1
fi
