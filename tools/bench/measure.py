"""Makes the runs of a plan, one after the other, and repeats noisy ones.

Takes from: worker, callgrind, programs, calibration, progress. Gives to: main.
Invariant: each run that ended well is in .runs, whatever ends the rest; Ctrl-C
  is no failure, and what it hit is left out.
"""

import time

import callgrind
import programs
import project
import worker

RETRIES = 2
# On a machine that is never quiet, retries and waiting would take for ever: so
# many retries and seconds are free, then so many for a run and a second of it.
_FREE_RETRIES = 10
_RUNS_PER_RETRY = 2
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
    self._measured_s = 0.0
    self.dropped = 0
    self.interrupted = False

  def measure(self, plan):
    try:
      for position, run in enumerate(plan):
        self._progress.show(plan[position:], len(plan))
        self._one(run)
    except KeyboardInterrupt:
      self.interrupted = True
    # Judged by the best calibration of all, which came after some of them.
    for result in self.runs:
      result['noisy'] = self._calibration.is_noisy(result['calibration_ns'])

  def _one(self, run):
    of = (run.cell, run.allocator.name)
    if of in self._broken:
      return
    if self._is_late() and not self._is_first(run):
      self.dropped += 1
      return
    start = self._clock()
    try:
      result = self._until_quiet(run)
    except worker.WrongMalloc:
      raise
    except project.Failed as problem:
      self._fail(run, problem)
      if run.kind in ('throughput', 'program'):
        self._broken.add(of)
      return
    self._progress.took(run, self._clock() - start)
    self.runs.append({'workload': run.cell.workload,
                      'threads': run.cell.threads, **result,
                      'allocator': run.allocator.name, 'kind': run.kind,
                      'repeat': run.repeat})

  def _fail(self, run, problem):
    self.failures.append({
        'workload': run.cell.workload, 'threads': run.cell.threads,
        'allocator': run.allocator.name, 'kind': run.kind,
        'sentence': str(problem)})
    self._progress.say('%s, %s: %s' % (run.cell.workload, run.allocator.name,
                                       problem))

  def _until_quiet(self, run):
    """Returns the least disturbed of up to 1 + RETRIES runs."""
    best = None
    for attempt in range(1 + RETRIES):
      if attempt:
        self.retried += 1
      self._calibration.await_quiet(self._patience_s())
      start = self._clock()
      result = self._measure(run)
      self._measured_s += self._clock() - start
      result['calibration_ns'] = self._calibration.take()
      if best is None or result['calibration_ns'] < best['calibration_ns']:
        best = result
      if not self._wants_retry(run, best):
        break
    return best

  def _patience_s(self):
    if self._is_late():
      return 0
    allowed = _FREE_WAIT_S + _WAIT_PER_SECOND * self._measured_s
    return min(_LONGEST_WAIT_S, allowed - self._calibration.waited_s)

  def _wants_retry(self, run, result):
    allowed = _FREE_RETRIES + len(self.runs) // _RUNS_PER_RETRY
    return (run.kind in ('throughput', 'latency') and not self._is_late() and
            self.retried < allowed and
            self._calibration.is_noisy(result['calibration_ns']))

  def is_over(self):
    return self.interrupted or self._is_late()

  def _is_late(self):
    return self._deadline is not None and self._clock() > self._deadline

  @staticmethod
  def _is_first(run):
    return run.repeat == 0 and run.kind in ('throughput', 'program')

  def _measure(self, run):
    if run.kind == 'program':
      return programs.run(run.cell.workload, run.allocator)
    if run.kind == 'instructions':
      return callgrind.count(run.cell, run.allocator)
    allocator = self._measured if run.kind == 'measured' else run.allocator
    return worker.run(run.cell, allocator, run.kind, self._seconds,
                      self._hold)
