"""Runs a suite in a tree, until something in it fails."""

import dataclasses
import json
import pathlib
import subprocess
import tempfile
import time

# A mutant may hang: seconds for a small, medium, large and enormous test.
TEST_TIMEOUT = '60,120,300,600'
FUZZ_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Outcome:
  killer: str  # empty: nothing failed
  seconds: float


def _run(command, tree, log):
  return subprocess.run(command, cwd=tree, stdout=log, stderr=log,
                        stdin=subprocess.DEVNULL, check=False).returncode


def _failed_test(events):
  """The first test that failed, as Bazel's build events tell it."""
  for line in pathlib.Path(events).read_text(encoding='utf-8').splitlines():
    event = json.loads(line)
    label = event.get('id', {}).get('testResult', {}).get('label')
    status = event.get('testResult', {}).get('status')
    if label and status in ('FAILED', 'TIMEOUT'):
      return label + (' (hangs)' if status == 'TIMEOUT' else '')
  return ''


def run_tests(tree, targets, config, log):
  """The name of a test that fails, or of the compiler; empty when none does."""
  with tempfile.NamedTemporaryFile(suffix='.json') as events:
    command = ['bazel', 'test', '--noshow_progress', '--test_output=errors',
               '--test_timeout=' + TEST_TIMEOUT, '--test_summary=terse',
               '--notest_keep_going', '--test_tag_filters=-npm_packages',
               '--build_event_json_file=' + events.name]
    if config:
      command.append('--config=' + config)
    status = _run(command + targets, tree, log)
    if status == 0:
      return ''
    test = _failed_test(events.name)
  prefix = config + ' ' if config else ''
  if status == 3 and test:
    return prefix + test
  if status == 1 and config:
    return prefix + 'the compiler'
  if status == 1:
    raise RuntimeError('it does not compile')
  raise RuntimeError('bazel test ended with status %d' % status)


def run_fuzzer(tree, name, log):
  """As run_tests, for a minute of one fuzzer that begins with its corpus."""
  target = 'fuzz:%s_fuzz_test_bin' % name
  if _run(['bazel', 'build', '--noshow_progress', '--config=fuzz', '//' + target],
          tree, log) != 0:
    raise RuntimeError('it does not compile')
  with tempfile.TemporaryDirectory() as scratch:
    status = _run(['bazel', 'run', '--noshow_progress', '--config=fuzz',
                   '//' + target, '--', '-max_total_time=%d' % FUZZ_SECONDS,
                   '-timeout=20', '-close_fd_mask=3',
                   '-artifact_prefix=%s/' % scratch, scratch,
                   '%s/fuzz/corpus/%s' % (tree, name)], tree, log)
  return 'fuzz:' + name if status != 0 else ''


def run(tree, suite, log):
  """`suite`: what Mutant.first has, or a list of test targets."""
  start = time.monotonic()
  if isinstance(suite, list):
    killer = run_tests(tree, suite, '', log)
  elif suite.startswith('fuzz:'):
    killer = run_fuzzer(tree, suite[len('fuzz:'):], log)
  else:
    config, _, target = suite.rpartition('=')
    killer = run_tests(tree, [target], config, log)
  return Outcome(killer, time.monotonic() - start)
