#!/bin/bash
# Runs every check that needs no test run, and names those that failed.
set -uo pipefail

cd "$(dirname "$(realpath "$0")")/.." || exit 1

failed=()
check() {
  local name=$1 start=$SECONDS
  shift
  if "$@"; then
    echo "lint: $name: ok ($((SECONDS - start)) s)"
  else
    echo "lint: $name: FAILED"
    failed+=("$name")
  fi
}

# Tracked files, and new ones that are not ignored, whose names match.
files() {
  git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
    [[ -f $file ]] && echo "$file"
  done
}

formatting() {
  files '*.cc' '*.h' | xargs --no-run-if-empty clang-format-22 --dry-run -Werror
}

static_analysis() {
  files 'allocator/*.cc' |
    xargs --no-run-if-empty --max-args=1 --max-procs="$(nproc)" tools/clang_tidy.sh
}

scripts() {
  { files '*.sh'; echo x; echo .ci/run; } | xargs shellcheck --external-sources
}

# Those of the mutants, and those for the sanitizers.
planted_bugs() {
  local bug bad=0
  /usr/bin/python3 tools/mutants/main.py --check || bad=1
  for bug in tests/sanitizers/bugs/*.patch; do
    git apply -p0 --check "$bug" || bad=1
  done
  return "$bad"
}

check "C++ format" formatting
check "shell scripts" scripts
check "layers and include cycles" /usr/bin/python3 tools/check_layers.py .
check "words" tools/check_words.sh
check "planted bugs fit the source" planted_bugs
check "clang-tidy" static_analysis
check "documented commands name real tests" tools/check_documented_tests.sh
check "the build refuses an upward include" tools/check_build_refuses_upward_include.sh

echo
if ((${#failed[@]})); then
  printf 'lint: FAILED: %s\n' "${failed[@]}"
  exit 1
fi
echo "lint: all checks passed"
