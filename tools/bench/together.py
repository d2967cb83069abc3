"""Runs a workload on several mallocs at the same time, in slices by turns.

Takes from: project, worker. Gives to: measure.
A machine that others share is slow for milliseconds here and for minutes there.
Of slices of some milliseconds, one malloc's right after the other's, each round
is a comparison of its own; runs after runs would compare a minute with a minute.
While one worker does its slice, all others wait: bench/measure/turns.h.
"""

import contextlib
import os
import re
import select
import subprocess
import tempfile

import project
import worker

SLICE_S = 0.02
# A slice or an end that takes so long is none.
LIMIT_S = 60


class _Sliced:
  """A worker that does a slice whenever it is told to."""

  def __init__(self, cell, allocator, slice_s):
    self.allocator = allocator
    words = worker.command(cell, 'throughput', slice_s) + ['--slices']
    self._name = os.path.basename(words[0])
    self._err = tempfile.TemporaryFile()
    self._process = subprocess.Popen(
        words, env=allocator.environment(), bufsize=0, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=self._err, start_new_session=True)

  def slice(self):
    """Returns how many operations it did and how long that took, in ns."""
    out = self._process.stdout
    try:
      self._process.stdin.write(b'\n')
    except BrokenPipeError:
      pass  # why it ended comes with the answer
    if not select.select([out], [], [], LIMIT_S)[0]:
      raise self._too_late()
    line = out.read(100)
    if not re.fullmatch(rb'\d+ \d+\n', line):
      self.end()
      raise project.Failed("%s answered '%s' to a slice" %
                           (self._name, line.decode(errors='replace').strip()))
    return [int(word) for word in line.split()]

  def end(self):
    """Returns what it measured in all slices."""
    try:
      out, _ = self._process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
      raise self._too_late()
    self._err.seek(0)
    worker.check_end(self._name, self._process.returncode,
                     self._err.read().decode(errors='replace'))
    result = worker.parse(out.decode(errors='replace'))
    worker.check_malloc(result, self.allocator)
    return result

  def _too_late(self):
    return project.Failed('%s was stopped after %g s' % (self._name, LIMIT_S))

  def peak_kib(self):
    return _kib('/proc/%d/status' % self._process.pid, 'VmHWM')

  def kill(self):
    project.kill_group(self._process)
    self._process.stdin.close()
    self._process.stdout.close()
    self._err.close()


def _kib(path, name):
  try:
    with open(path, encoding='ascii', errors='replace') as file:
      found = re.search(r'^%s:\s+(\d+) kB' % name, file.read(), re.M)
  except OSError:
    found = None
  return int(found[1]) if found else 0


class _Group:
  """Those that take turns. answers: by name, a result or why there is none."""

  def __init__(self, cell, seconds, stack):
    self._cell = cell
    self._seconds = seconds
    self._slice_s = min(SLICE_S, seconds)
    self._stack = stack
    self._workers = []
    self._measured_ns = 0
    self._slices = {}
    self.answers = {}

  def start(self, allocator):
    one = _Sliced(self._cell, allocator, self._slice_s)
    self._stack.callback(one.kill)
    self._workers.append(one)
    self._slices[allocator.name] = []
    self._slice(one)

  def has_room(self):
    """Whether another one's memory would fit beside those here."""
    most = max([one.peak_kib() for one in self._workers], default=0)
    return 2 * most <= _kib('/proc/meminfo', 'MemAvailable')

  def measure(self):
    while self._workers and (
        self._measured_ns < self._seconds * 1e9 * len(self._workers)):
      for one in list(self._workers):
        self._slice(one)

  def end(self):
    for one in list(self._workers):
      result = self._try(one, one.end)
      if result:
        slices = self._slices[one.allocator.name]
        self.answers[one.allocator.name] = {**result, 'slices': slices}

  def _slice(self, one):
    done = self._try(one, one.slice)
    if done:
      self._slices[one.allocator.name].append(done)
      self._measured_ns += done[1]

  def _try(self, one, function):
    """Returns what the function does; leaves the worker out that fails."""
    try:
      return function()
    except worker.WrongMalloc:
      raise
    except project.Failed as problem:
      self.answers[one.allocator.name] = problem
      self._workers.remove(one)
      return None


def run(cell, allocators, seconds):
  """Returns, for each allocator's name, its result or the project.Failed that
  says why there is none. A result is of all slices; their
  [operations, ns] are in it.

  Each is measured for so many seconds on the average. Where memory is too small
  for all of them, those that fit take turns, then the next.
  """
  answers = {}
  waiting = list(allocators)
  while waiting:
    with contextlib.ExitStack() as stack:
      group = _Group(cell, seconds, stack)
      group.start(waiting.pop(0))
      while waiting and group.has_room():
        group.start(waiting.pop(0))
      group.measure()
      group.end()
    answers.update(group.answers)
  return answers
