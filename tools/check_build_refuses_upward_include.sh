#!/bin/bash
# Proves that the build keeps the law of the folders. In a copy of the project
# each layer gets a target per library of a higher layer, which it depends on,
# and Bazel must refuse each single one; so must it an include without a
# dependency.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."

# Highest first; allocator is the composition root.
readonly layers=(allocator/override allocator allocator/front allocator/thread
  allocator/central allocator/pages allocator/system allocator/block allocator/base)

copy=$(mktemp -d)
bazel_there() {
  (cd "$copy/tree" && bazel --output_base="$copy/output" --max_idle_secs=60 "$@")
}
# shellcheck disable=SC2317  # the trap below calls it
clean_up() {
  [[ -d $copy/output ]] && bazel_there shutdown &>/dev/null
  chmod -R u+w "$copy" && rm -rf "$copy"
}
trap clean_up EXIT

mkdir "$copy/tree"
git ls-files --cached --others --exclude-standard -z |
  xargs -0 cp --parents --no-dereference --target-directory="$copy/tree" 2>/dev/null || true

# The libraries of one layer, by label.
libraries() {
  bazel_there query --noshow_progress "kind('cc_library rule', //$1:all)" 2>/dev/null
}

wanted=()
higher=()
for layer in "${layers[@]}"; do
  number=0
  for label in "${higher[@]}"; do
    name=upward_$((number++))
    printf '\ncc_library(name = "%s", deps = ["%s"])\n' "$name" "$label" >>"$copy/tree/$layer/BUILD"
    wanted+=("//$layer:$name $label")
  done
  mapfile -t own < <(libraries "$layer" | grep -v ':upward_')
  higher+=("${own[@]}")
done

output=$(bazel_there build --nobuild --keep_going --noshow_progress \
  "${wanted[@]%% *}" 2>&1) && {
  echo "check_build_refuses_upward_include: Bazel accepted everything" >&2
  exit 1
}

accepted=0
for pair in "${wanted[@]}"; do
  if ! grep -qF "target '${pair#* }' is not visible from target '${pair%% *}'" <<<"$output"; then
    echo "check_build_refuses_upward_include: ${pair%% *} may depend on ${pair#* }" >&2
    accepted=1
  fi
done
echo '#include "allocator/pages/span.h"' >>"$copy/tree/allocator/base/lock.cc"
if output=$(bazel_there build --noshow_progress //allocator/base:lock 2>&1) ||
  ! grep -q 'allocator/pages/span.h' <<<"$output"; then
  echo "check_build_refuses_upward_include: lock.cc may include span.h: $output" >&2
  accepted=1
fi

echo "Bazel was asked for ${#wanted[@]} upward dependencies"
exit "$accepted"
