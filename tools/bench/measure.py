"""Makes the turns of a plan, one after the other, and repeats noisy ones.

Takes from: together, worker, callgrind, programs, calibration, progress. Gives
to: main.
Invariant: each run that ended well is in .runs, whatever ends the rest; Ctrl-C
  is no failure, and what it hit is left out.
"""

import time

import callgrind
import programs
import project
import together
import worker

RETRIES = 2
# On a machine that is never quiet, retries and waiting would take for ever: so
# many retries and seconds are free, then so many for a turn and a second of it.
_FREE_RETRIES = 10
_TURNS_PER_RETRY = 2
_FREE_WAIT_S = 5
_WAIT_PER_SECOND = 1.5
_LONGEST_WAIT_S = 2


class Measurer:
  """Fields: runs (results.json's), failures, retried, interrupted, dropped."""

  def __init__(self, seconds, calibration, progress, measured=None,
               deadline=None, hold='', clock=time.monotonic):
    self._seconds = seconds
    self._calibration = calibration
    self._progress = progress
    self._measured = measured  # Headroom's instrumented build
    self._deadline = deadline  # after it, only what is in no cell yet
    self._hold = hold  # which lock, in the instrumented runs
    self._clock = clock
    self._broken = set()
    self.runs = []
    self.failures = []
    self.retried = 0
    self._turns = 0
    self._measured_s = 0.0
    self.dropped = 0
    self.interrupted = False

  def measure(self, plan):
    try:
      for position, turn in enumerate(plan):
        self._progress.show(plan[position:], len(plan))
        self._one(turn)
    except KeyboardInterrupt:
      self.interrupted = True
    # Judged by the best calibration of all, which came after some of them.
    for result in self.runs:
      result['noisy'] = self._calibration.is_noisy(result['calibration_ns'])

  def _one(self, turn):
    allocators = [one for one in turn.allocators
                  if (turn.cell, one.name) not in self._broken]
    if not allocators:
      return
    if self._is_late() and not self._is_first(turn):
      self.dropped += len(allocators)
      return
    start = self._clock()
    answers, calibration_ns = self._until_quiet(turn, allocators)
    self._turns += 1
    self._progress.took(turn, self._clock() - start)
    for allocator in allocators:
      answer = answers[allocator.name]
      if isinstance(answer, project.Failed):
        self._fail(turn, allocator, answer)
      else:
        self.runs.append({
            'workload': turn.cell.workload, 'threads': turn.cell.threads,
            **answer, 'allocator': allocator.name, 'kind': turn.kind,
            'repeat': turn.repeat, 'calibration_ns': calibration_ns})

  def _fail(self, turn, allocator, problem):
    if turn.kind in ('throughput', 'program'):
      self._broken.add((turn.cell, allocator.name))
    self.failures.append({
        'workload': turn.cell.workload, 'threads': turn.cell.threads,
        'allocator': allocator.name, 'kind': turn.kind,
        'sentence': str(problem)})
    self._progress.say('%s, %s: %s' % (turn.cell.workload, allocator.name,
                                       problem))

  def _until_quiet(self, turn, allocators):
    """Returns the least disturbed of up to 1 + RETRIES times, and what the
    calibration took beside it."""
    best = None
    for attempt in range(1 + RETRIES):
      if attempt:
        self.retried += 1
      self._calibration.await_quiet(self._patience_s())
      start = self._clock()
      answers = self._measure(turn, allocators)
      self._measured_s += self._clock() - start
      calibration_ns = self._calibration.take()
      if best is None or calibration_ns < best[1]:
        best = answers, calibration_ns
      if not self._wants_retry(turn, best[1]):
        break
    return best

  def _patience_s(self):
    if self._is_late():
      return 0
    allowed = _FREE_WAIT_S + _WAIT_PER_SECOND * self._measured_s
    return min(_LONGEST_WAIT_S, allowed - self._calibration.waited_s)

  def _wants_retry(self, turn, calibration_ns):
    allowed = _FREE_RETRIES + self._turns // _TURNS_PER_RETRY
    return (turn.kind == 'latency' and not self._is_late() and
            self.retried < allowed and
            self._calibration.is_noisy(calibration_ns))

  def is_over(self):
    return self.interrupted or self._is_late()

  def _is_late(self):
    return self._deadline is not None and self._clock() > self._deadline

  @staticmethod
  def _is_first(turn):
    return turn.repeat == 0 and turn.kind in ('throughput', 'program')

  def _measure(self, turn, allocators):
    """Returns, by name, a result or why there is none."""
    if turn.kind == 'throughput':
      return together.run(turn.cell, allocators, self._seconds)
    one, = allocators
    try:
      return {one.name: self._alone(turn, one)}
    except worker.WrongMalloc:
      raise
    except project.Failed as problem:
      return {one.name: problem}

  def _alone(self, turn, allocator):
    if turn.kind == 'program':
      return programs.run(turn.cell.workload, allocator)
    if turn.kind == 'instructions':
      return callgrind.count(turn.cell, allocator)
    return worker.run(turn.cell,
                      self._measured if turn.kind == 'measured' else allocator,
                      turn.kind, self._seconds, self._hold)
