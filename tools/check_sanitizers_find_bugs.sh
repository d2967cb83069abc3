#!/bin/bash
# Shows that the sanitizers would find a bug of the allocator: plants those of
# tests/sanitizers/bugs in a throw-away copy, one at a time, and wants each
# reported by the sanitizer that its name begins with. Without one, the same
# tests have to pass.
#
# Usage: check_sanitizers_find_bugs.sh [asan|ubsan|tsan|msan]...
set -euo pipefail

root=$(dirname "$(dirname "$(realpath "$0")")")
readonly root
(($# > 0)) || set -- asan ubsan tsan msan

# How each begins a report.
declare -rA report=(
  [asan]='ERROR: AddressSanitizer'
  [ubsan]='runtime error: '
  [tsan]='WARNING: ThreadSanitizer'
  [msan]='WARNING: MemorySanitizer'
)

scratch=$(mktemp -d)
readonly scratch
readonly copy=$scratch/copy

bazel_in_copy() {
  (cd "$copy" && bazel --output_base="$scratch/output" "$@")
}
trap 'bazel_in_copy shutdown &>/dev/null || true
  chmod -R u+w "$scratch"
  rm -rf "$scratch"' EXIT

mkdir "$copy"
tar -C "$root" --exclude='./bazel-*' --exclude=./.git -cf - . |
  tar -C "$copy" -xf -

failures=0
fail() {
  echo "FAILED  $*"
  failures=$((failures + 1))
}

# The target that a bug's second line names.
test_of() {
  sed -n 's/^Found by: //p' "$1"
}

# test_copy SANITIZER TARGET...: writes to $scratch/log.
test_copy() {
  bazel_in_copy test --config="$1" --test_output=all --noshow_progress \
    "${@:2}" >"$scratch/log" 2>&1
}

found=0
for sanitizer in "$@"; do
  bugs=("$root/tests/sanitizers/bugs/$sanitizer"_*.patch)
  tests=()
  for bug in "${bugs[@]}"; do tests+=("$(test_of "$bug")"); done
  if ! test_copy "$sanitizer" "${tests[@]}"; then
    tail -n 40 "$scratch/log"
    fail "$sanitizer: without a bug, ${tests[*]}"
    continue
  fi
  for bug in "${bugs[@]}"; do
    name=$(basename "$bug" .patch)
    if ! patch -s -p0 -d "$copy" <"$bug"; then
      fail "$name: it does not fit the source any more"
      break
    fi
    if test_copy "$sanitizer" "$(test_of "$bug")"; then
      fail "$name: the test passed"
    elif ! grep -qF -m1 "${report[$sanitizer]}" "$scratch/log"; then
      tail -n 40 "$scratch/log"
      fail "$name: no '${report[$sanitizer]}'"
    else
      found=$((found + 1))
      echo "found   $name: $(grep -F -m1 "${report[$sanitizer]}" "$scratch/log")"
    fi
    patch -s -R -p0 -d "$copy" <"$bug"
  done
done

echo "$found planted bugs found, $failures failures"
exit $((failures > 0))
