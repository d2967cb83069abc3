"""Fuzzers side by side: progress, Ctrl-C, summary.

Takes from: project, job, table, artifact. Gives to: main.
"""

import os
import signal
import sys
import time

import artifact
import job
import project
import table

_TICK_SECONDS = 0.5
_GRACE_SECONDS = 20


def _watch(jobs, screen):
  """Until all have ended; Ctrl-C asks them to, a second one kills."""
  asked = None

  def interrupt(_signal, _frame):
    nonlocal asked
    for one in jobs:
      if asked:
        one.kill()
      else:
        one.stop()
    asked = time.monotonic()

  old = [(s, signal.signal(s, interrupt))
         for s in (signal.SIGINT, signal.SIGTERM)]
  try:
    while any([one.poll() for one in jobs]):  # all of them, not up to the first
      screen.show(table.lines(jobs))
      time.sleep(_TICK_SECONDS)
      if asked and time.monotonic() > asked + _GRACE_SECONDS:
        for one in jobs:
          one.kill()
  finally:
    for signal_, handler in old:
      signal.signal(signal_, handler)


def _summary(jobs, seconds):
  """Returns lines: totals, then each failure with its commands."""
  lines = ['%s executions in %d s, %s new inputs, %d failures' % (
      '{:,}'.format(sum(j.progress.executions for j in jobs)), seconds,
      '{:,}'.format(sum(j.progress.new_inputs for j in jobs)),
      sum(bool(j.failures or j.broken) for j in jobs))]
  for one in jobs:
    for path in one.progress.artifacts:
      lines += [''] + artifact.report(one.name, path, one.binary)
    if one.broken:
      lines += ['', '%s: %s, and no input is to blame:' % (one.name, one.state)]
      lines += ['  ' + line for line in one.last_words()]
  return lines


def fuzz(names, seconds):
  """Returns the exit status: 1 when something failed."""
  print('x: building %s' % ', '.join(names), flush=True)
  bazel_bin = project.build('fuzz', [project.label_with_data(n) for n in names])
  print('x: fuzzing for %d s on %d processors' % (seconds, os.cpu_count()),
        flush=True)
  start = time.monotonic()
  jobs = [job.Job(name, bazel_bin, seconds) for name in names]
  for one in jobs:
    one.start()
  screen = table.Screen(sys.stdout)
  _watch(jobs, screen)
  screen.finish(table.lines(jobs))
  print()
  print('\n'.join(_summary(jobs, time.monotonic() - start)))
  return 1 if any(j.failures or j.broken for j in jobs) else 0
