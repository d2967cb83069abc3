#!/usr/bin/python3
"""Counts the test cases of one `bazel test` run and says how many failed.

Usage: count_tests.py BUILD_EVENTS_JSON BAZEL_EXIT_STATUS

A GoogleTest program counts by its cases, any other test as one. A target that
did not build, or a program that failed without naming a case, counts as one
failure: the last line must never look better than the run was.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


class Tally:
  def __init__(self):
    self.passed = 0
    self.skipped = 0
    self.failures = []


def read_cases(tally, label, uri):
  """Adds the cases of one test.xml."""
  path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
  for case in ElementTree.parse(path).iter('testcase'):
    name = '%s %s' % (label, case.get('name'))
    if case.find('failure') is not None or case.find('error') is not None:
      tally.failures.append(name)
    elif case.find('skipped') is not None or case.get('status') == 'notrun':
      tally.skipped += 1
    else:
      tally.passed += 1


def add_result(tally, label, result):
  """Adds one run of one test target."""
  before = len(tally.failures)
  passed_before = tally.passed
  xml = [f['uri'] for f in result.get('testActionOutput', [])
         if f['name'] == 'test.xml' and 'uri' in f]
  for uri in xml:
    try:
      read_cases(tally, label, uri)
    except (OSError, ElementTree.ParseError):
      pass
  if result.get('status') in ('PASSED', 'FLAKY'):
    if tally.passed == passed_before and not xml:
      tally.passed += 1
  elif len(tally.failures) == before:
    tally.failures.append('%s (%s)' % (label, result.get('status')))


def read_events(path):
  """Returns the last attempt of every test run, and what did not build."""
  results = {}
  broken = set()
  with open(path, encoding='utf-8') as events:
    for line in events:
      event = json.loads(line)
      kind = event.get('id', {})
      if 'testResult' in kind:
        run = kind['testResult']
        key = (run['label'], run.get('run', 0), run.get('shard', 0))
        results[key] = event['testResult']
      elif 'targetCompleted' in kind:
        if not event.get('completed', {}).get('success'):
          broken.add(kind['targetCompleted']['label'])
  return results, broken


def main():
  events, status = sys.argv[1], int(sys.argv[2])
  tally = Tally()
  results, broken = read_events(events)
  for (label, _, _), result in sorted(results.items()):
    add_result(tally, label, result)
  for label in sorted(broken - {key[0] for key in results}):
    tally.failures.append('%s (did not build)' % label)
  if status != 0 and not tally.failures:
    tally.failures.append('bazel test (exit status %d)' % status)
  print()
  for failure in tally.failures:
    print('FAILED  %s' % failure)
  if tally.skipped:
    print('%d skipped' % tally.skipped)
  print('%d passed, %d failed' % (tally.passed, len(tally.failures)))
  return 1 if tally.failures else 0


if __name__ == '__main__':
  sys.exit(main())
