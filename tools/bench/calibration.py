"""How undisturbed the machine is: a fixed piece of work, timed between runs.

Takes from: estimate, processors. Gives to: measure, cells.
A run counts as noisy when the work beside it took more than TOLERANCE longer
than it takes when nothing disturbs it. That is what a twentieth of the times
stay below: the least of thousands is an accident.
"""

import bisect
import time

import estimate
import processors

TOLERANCE = 0.15
# A cell whose interval is wider than this share of its median is noisy too. Two
# runs are to agree so far: of medians with such intervals, one in 200 does not.
WIDEST = 0.05
_QUIET_SHARE = 20


class Calibration:
  """Fields: last_ns, waited_s."""

  def __init__(self, loop=None, warm_up=50, clock=time.monotonic):
    self._loop = loop or processors.Processors()
    self._clock = clock
    self._taken = sorted(self._loop() for _ in range(warm_up))
    self.last_ns = self.quiet_ns()
    self.waited_s = 0.0

  def quiet_ns(self):
    return self._taken[len(self._taken) // _QUIET_SHARE]

  def _take(self):
    self.last_ns = self._loop()
    bisect.insort(self._taken, self.last_ns)

  def take(self):
    """Returns the longer of the loop before the run and the one after it."""
    before = self.last_ns
    self._take()
    return max(before, self.last_ns)

  def await_quiet(self, most_s):
    """Waits until nothing disturbs the machine, but not longer."""
    start = self._clock()
    while (self.is_noisy(self.last_ns) and
           self._clock() - start < most_s):
      self._take()
    self.waited_s += self._clock() - start

  def is_noisy(self, calibration_ns):
    return calibration_ns > self.quiet_ns() * (1 + TOLERANCE)


def quiet(runs):
  """Those without noise, or all where they are too few."""
  found = [run for run in runs if not run.get('noisy')]
  return found if len(found) >= estimate.LEAST else runs


def is_noisy_cell(runs, figure):
  """runs: those of one cell that count; figure: its ratio's estimate."""
  return (len(runs) < estimate.LEAST or any(run.get('noisy') for run in runs) or
          estimate.width(figure) > WIDEST)
