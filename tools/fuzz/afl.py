"""One fuzzer under AFL++.

Takes from: project, artifact. Gives to: main.

What AFL++ finds joins what libFuzzer found, so that `--merge` sees both.
"""

import os
import shutil
import subprocess
import sys

import artifact
import project

_ENVIRONMENT = {
    'AFL_SKIP_CPUFREQ': '1',
    'AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES': '1',
    'AFL_QUIET': '1',
}
# Milliseconds for one input.
_TIMEOUT = '10000'


def read_statistics(text):
  """Returns {name: value} of a fuzzer_stats file."""
  pairs = (line.split(':', 1) for line in text.splitlines() if ':' in line)
  return {name.strip(): value.strip() for name, value in pairs}


def is_new(name):
  """Whether a queue's file is none that AFL++ was given."""
  return name.startswith('id:') and ',orig:' not in name


def _collect(name, output):
  """Copies what was found; returns (number of inputs, paths of failures)."""
  inputs = [p for p in sorted((output / 'queue').glob('id:*'))
            if is_new(p.name)]
  for path in inputs:
    shutil.copy(path, project.found(name))
  failures = []
  for folder, kind in (('crashes', 'crash'), ('hangs', 'timeout')):
    for path in sorted((output / folder).glob('id:*')):
      stored = project.crashes(name) / (
          '%s-afl-%s' % (kind, path.name.split(',')[0].replace(':', '')))
      shutil.copy(path, stored)
      failures.append(stored)
  return len(inputs), failures


def command(name, bazel_bin, seconds, output):
  dictionary = project.dictionary(bazel_bin, name)
  return (['afl-fuzz', '-V', str(seconds), '-t', _TIMEOUT,
           '-i', str(project.corpus(name)), '-o', str(output)] +
          (['-x', str(dictionary)] if dictionary else []) +
          ['--', str(project.binary(bazel_bin, name))])


def fuzz(name, seconds):
  """Returns the exit status: 1 when something failed."""
  if not shutil.which('afl-fuzz'):
    print('x: afl-fuzz is missing: apt-get install afl++', file=sys.stderr)
    return 2
  bazel_bin = project.build('afl', [project.label_with_data(name)])
  output = project.kept(name) / 'afl'
  shutil.rmtree(output, ignore_errors=True)
  environment = dict(os.environ, **_ENVIRONMENT)
  if not sys.stdout.isatty():
    environment['AFL_NO_UI'] = '1'
  # Ctrl-C reaches afl-fuzz, which ends cleanly.
  with subprocess.Popen(
      command(name, bazel_bin, seconds, output),
      env=environment, stdout=None if sys.stdout.isatty() else
      subprocess.DEVNULL) as process:
    while True:
      try:
        status = process.wait()
        break
      except KeyboardInterrupt:
        pass
  statistics_file = output / 'default' / 'fuzzer_stats'
  if not statistics_file.exists():
    print('x: afl-fuzz ended with status %d before it began.' % status,
          file=sys.stderr)
    return 1
  found, failures = _collect(name, output / 'default')
  read = read_statistics(statistics_file.read_text())
  print('%s: %s executions, %s a second, %s edges, %d new inputs, %d failures' %
        (name, read.get('execs_done'), read.get('execs_per_sec'),
         read.get('edges_found'), found, len(failures)))
  for path in failures:
    print('\n'.join(artifact.report(name, path,
                                    project.binary(bazel_bin, name))))
  return 1 if failures else 0
