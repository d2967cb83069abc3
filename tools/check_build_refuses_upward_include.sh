#!/bin/bash
# Proves that the build keeps the law of the folders. In a copy of the project
# each layer gets a target per library of a higher layer, which it depends on,
# and Bazel must refuse each single one. It must also refuse an include without
# a dependency, and a composition root that depends on override/.
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

failed=0
complain() {
  echo "check_build_refuses_upward_include: $*" >&2
  failed=1
}

# A new copy of the project in $copy/tree, as it is and not as it was committed.
new_tree() {
  rm -rf "$copy/tree"
  mkdir "$copy/tree"
  git ls-files --cached --others --exclude-standard | while read -r file; do
    [[ ! -e $file && ! -L $file ]] || printf '%s\0' "$file"
  done | xargs -0 cp --parents --no-dereference --target-directory="$copy/tree"
}

# The libraries of one layer, by label. Beside the composition root stand the
# products, which are public, as everyone links them.
libraries() {
  local all="kind('cc_library rule', //$1:all)"
  [[ $1 != allocator ]] || all+=" except attr(visibility, '//visibility:public', //$1:all)"
  bazel_there query --noshow_progress "$all" 2>/dev/null
}

# Each layer depends on each library above it. The composition root comes later.
refuses_dependencies() {
  local layer label name output number=0 higher=() own=() wanted=()
  for layer in "${layers[@]}"; do
    mapfile -t own < <(libraries "$layer")
    ((${#own[@]})) || complain "no library in $layer"
    if [[ $layer != allocator ]]; then
      for label in "${higher[@]}"; do
        name=upward_$((++number))
        printf '\ncc_library(name = "%s", deps = ["%s"])\n' "$name" "$label" \
          >>"$copy/tree/$layer/BUILD"
        wanted+=("//$layer:$name $label")
      done
    fi
    higher+=("${own[@]}")
  done
  output=$(bazel_there build --nobuild --keep_going --noshow_progress \
    "${wanted[@]%% *}" 2>&1) && complain "Bazel accepted everything"
  for pair in "${wanted[@]}"; do
    grep -qF "target '${pair#* }' is not visible from target '${pair%% *}'" <<<"$output" ||
      complain "${pair%% *} may depend on ${pair#* }"
  done
  echo "Bazel was asked for ${#wanted[@]} upward dependencies"
}

# refuses TARGET PATTERN: building the target must fail and say so.
refuses() {
  local output
  output=$(bazel_there build --noshow_progress "$1" 2>&1) && complain "Bazel built $1"
  grep -q "$2" <<<"$output" || complain "no '$2' in: $output"
}

new_tree
refuses_dependencies

new_tree
echo '#include "allocator/pages/span.h"' >>"$copy/tree/allocator/base/lock.cc"
refuses //allocator/base:lock 'allocator/pages/span.h'

new_tree
sed -i '/name = "allocator"/,/deps = \[/ s,deps = \[,&"//allocator/override:c_api"\, ,' \
  "$copy/tree/allocator/BUILD"
refuses //allocator:allocator 'cycle in dependency graph'

exit "$failed"
