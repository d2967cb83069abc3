"""An input that libFuzzer stored because it failed.

Takes from: project. Gives to: run, merge, afl.
"""

import pathlib
import shlex
import subprocess

import project

# libFuzzer's prefix of the file's name: what it stands for.
KINDS = {
    'crash': 'crash',
    'leak': 'memory leak',
    'oom': 'out of memory',
    'timeout': 'timeout',
    'slow-unit': 'slow input',
}
_REPLAY_SECONDS = 120


def kind(path):
  """Returns a key of KINDS; what libFuzzer does not name is a crash."""
  name = pathlib.Path(path).name
  for prefix in KINDS:
    if name.startswith(prefix + '-'):
      return prefix
  return 'crash'


def is_failure(path):
  """A slow input is stored, but fuzzing goes on."""
  return kind(path) != 'slow-unit'


def commands(name, path):
  """Returns [(what for, command)]. Bazel runs programs elsewhere: the path is
  absolute."""
  file = shlex.quote(str(pathlib.Path(path).resolve()))
  run = 'bazel run %s -- %s'
  release = project.label(name)
  return [
      ('replay', run % ('--config=fuzz ' + release, file)),
      ('on the release build', run % (release, file)),
      ('as a list of operations', run % (release, '--print ' + file)),
      ('as a test', run % (release, '--print_test ' + file)),
  ]


def first_words(binary, path):
  """Returns what a replay says first, or ''. The fuzzer's own stderr was
  closed, so the broken promise is not in its log."""
  try:
    run = subprocess.run([str(binary), str(path)], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, timeout=_REPLAY_SECONDS,
                         check=False)
  except (OSError, subprocess.TimeoutExpired):
    return ''
  if run.returncode == 0:
    return 'a replay of this input alone passes'
  return words_after_start(run.stderr.decode(errors='replace'))


def words_after_start(text):
  """Returns the first line that says something after libFuzzer's start."""
  lines = text.splitlines()
  starts = [i for i, l in enumerate(lines) if l.startswith('Running: ')]
  for line in lines[starts[0] + 1 if starts else 0:]:
    if line.strip(' =') and not line.startswith('INFO: '):
      return line.strip()
  return ''


def report(name, path, binary):
  """Returns lines that say what failed and how to see it again."""
  lines = ['%s: %s: %s' % (name, KINDS[kind(path)], path)]
  words = first_words(binary, path)
  if words:
    lines.append('  it says: ' + words)
  lines += ['  %s: %s' % row for row in commands(name, path)]
  return lines
