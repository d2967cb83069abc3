#!/bin/bash
# The part of sid_test.sh that runs in the chroot, where the project is mounted
# read-only: `bazel test` with MODULE.bazel alone.
#
# The real programs of tests/programs are not in the chroot, and not asked for.
# No registry can be reached, so each module is a directory here: libraries as
# the system has them, and stubs for what other modules name and we do not use.
set -uo pipefail

here=$(dirname "$(realpath "$0")")
cd "$here/.." || exit 1

overrides=()
for module in third_party/system/*/ third_party/sid/*/; do
  overrides+=("--override_module=$(basename "$module")=$PWD/${module%/}")
done

g++ --version | head -n 1
dpkg-query --show bazel-bootstrap libabsl-dev libgtest-dev

events=$(mktemp)
trap 'rm -f "$events"' EXIT
bazel test --noenable_workspace --lockfile_mode=off --symlink_prefix=/ \
  "${overrides[@]}" --keep_going --build_tests_only \
  --test_tag_filters=-local_programs --build_event_json_file="$events" \
  -- //tests/... -//tests/programs/...
status=$?
/usr/bin/python3 tools/count_tests.py "$events" "$status"
