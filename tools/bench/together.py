"""Runs a workload on several mallocs at the same time, in slices by turns.

Takes from: project, worker. Gives to: measure.
A machine that others share is slow for milliseconds here and for minutes there.
Of slices of some milliseconds, one malloc's soon after the other's, each round is
a comparison of its own; one run after the other compares a minute with a minute.
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
# Longer where threads share processors: each has to have its time.
_LONGEST_SLICE_S = 0.1
# A slice or an end that takes so long is none.
LIMIT_S = 60


def slice_s(cell, seconds):
  """How long a slice is in runs of so many seconds."""
  crowd = max(1, cell.threads / len(os.sched_getaffinity(0)))
  return min(seconds, SLICE_S * crowd, _LONGEST_SLICE_S)


class _Sliced:
  """A worker that does a slice whenever it is told to."""

  def __init__(self, cell, allocator, seconds):
    self.allocator = allocator
    self.slices = []
    words = worker.command(cell, 'throughput', slice_s(cell, seconds))
    words.append('--slices')
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
    """May be called again."""
    if self._err.closed:
      return
    if self._process.poll() is None:  # else its number may be another's
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
    self._stack = stack
    self._workers = []
    self.answers = {}

  def start(self, allocator):
    """A first slice, which is in no round, shows how large it becomes."""
    one = _Sliced(self._cell, allocator, self._seconds)
    self._stack.callback(one.kill)
    self._workers.append(one)
    self._try(one, one.slice)

  def has_room(self):
    """Whether another one's memory would fit when all of them grow as much."""
    most = max([one.peak_kib() for one in self._workers], default=0)
    wanted = (len(self._workers) + 2) * most
    return wanted <= _kib('/proc/meminfo', 'MemAvailable')

  def measure(self):
    first = 0
    while self._workers and self._measured_s() < self._seconds:
      # Nobody always comes after the same neighbour.
      for one in self._workers[first:] + self._workers[:first]:
        done = self._try(one, one.slice)
        if done:
          one.slices.append(done)
      first = (first + 1) % max(1, len(self._workers))

  def _measured_s(self):
    """Of each, on the average."""
    ns = sum(ns for one in self._workers for _, ns in one.slices)
    return ns / 1e9 / len(self._workers)

  def end(self):
    for one in list(self._workers):
      result = self._try(one, one.end)
      if result:
        self.answers[one.allocator.name] = {**result, 'slices': one.slices}

  def _try(self, one, function):
    """Returns what the function does; ends the worker that fails."""
    try:
      return function()
    except worker.WrongMalloc:
      raise
    except project.Failed as problem:
      self.answers[one.allocator.name] = problem
      self._workers.remove(one)
      one.kill()
      return None


def _as_one_slice(answer):
  """Slices of different groups do not make rounds."""
  if isinstance(answer, project.Failed):
    return answer
  sums = [sum(column) for column in zip(*answer['slices'])]
  return {**answer, 'slices': [sums]}


def run(cell, allocators, seconds):
  """Returns, for each allocator's name, its result or the project.Failed that
  says why there is none. A result is of all slices; the [operations, ns] of all
  but the first are in it.

  Each is measured for so many seconds on the average. Where memory is too small
  for all of them, those that fit take turns, then the next.
  """
  groups = []
  waiting = list(allocators)
  while waiting:
    with contextlib.ExitStack() as stack:
      group = _Group(cell, seconds, stack)
      group.start(waiting.pop(0))
      while waiting and group.has_room():
        group.start(waiting.pop(0))
      group.measure()
      group.end()
    groups.append(group.answers)
  answers = {name: answer for of_group in groups
             for name, answer in of_group.items()}
  if len(groups) > 1:
    answers = {name: _as_one_slice(one) for name, one in answers.items()}
  return answers
