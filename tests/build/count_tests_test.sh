#!/bin/bash
# tools/count_tests.py counts what passed and failed in a run of Bazel, told by
# hand-made events, and never shows a failed run as a clean one.
set -uo pipefail

failures=0
readonly events=$TEST_TMPDIR/events.json

# result LABEL STATUS XML_FILE: one event as Bazel writes it.
result() {
  cat <<END
{"id":{"testResult":{"label":"$1","run":1,"attempt":1}},"testResult":{"status":"$2","testActionOutput":[{"name":"test.xml","uri":"file://$TEST_TMPDIR/$3"}]}}
END
}

# expect LAST_LINE STATUS BAZEL_STATUS: counts the events on stdin.
expect() {
  local output actual
  cat >"$events"
  output=$(/usr/bin/python3 tools/count_tests.py "$events" "$3")
  actual=$?
  if [[ $(tail -n 1 <<<"$output") != "$1" ]] || ((actual != $2)); then
    echo "FAIL: wanted '$1' and status $2, got $actual and: $output"
    failures=$((failures + 1))
  fi
}

cat >"$TEST_TMPDIR/good.xml" <<'END'
<testsuites><testsuite>
<testcase name="A" status="run"/><testcase name="B" status="run"/>
<testcase name="C" status="notrun"/><testcase name="D"><skipped/></testcase>
</testsuite></testsuites>
END
cat >"$TEST_TMPDIR/bad.xml" <<'END'
<testsuites><testsuite>
<testcase name="A"/><testcase name="B"><failure message="no"/></testcase>
</testsuite></testsuites>
END

result //a:a PASSED good.xml | expect '2 passed, 0 failed' 0 0
{ result //a:a PASSED good.xml; result //a:b FAILED bad.xml; } |
  expect '3 passed, 1 failed' 1 3
# A program that reports success for each case and fails afterwards.
result //a:a FAILED good.xml | expect '2 passed, 1 failed' 1 3
result //a:a TIMEOUT missing.xml | expect '0 passed, 1 failed' 1 3
# The last attempt decides.
{ result //a:a FAILED bad.xml; result //a:a PASSED good.xml; } |
  expect '2 passed, 0 failed' 0 0
echo '{"id":{"targetCompleted":{"label":"//a:c"}},"aborted":{"reason":"ANALYSIS_FAILURE"}}' |
  expect '0 passed, 1 failed' 1 1
# Bazel failed before it had a target to name.
expect '0 passed, 1 failed' 1 2 </dev/null

((failures == 0))
