"""How undisturbed the machine is: a fixed piece of work, timed between runs.

Takes from: estimate. Gives to: measure, cells.
A run counts as noisy when the work beside it took more than TOLERANCE longer
than it usually does in this benchmark. Usual is what a quarter of the times
stay below: the least of thousands is an accident, of a processor that was
never as fast again.
"""

import bisect
import time

import estimate

TOLERANCE = 0.10
# A cell whose interval is wider than this share of its median is noisy too.
WIDEST = 0.10
LEAST_RUNS = 3
_STEPS = 150000  # some milliseconds


def loop_ns(clock=time.perf_counter_ns):
  start = clock()
  total = 0
  for step in range(_STEPS):
    total += step
  return clock() - start


class Calibration:
  """Fields: last_ns."""

  def __init__(self, loop=None, warm_up=20):
    self._loop = loop or loop_ns
    self._taken = sorted(self._loop() for _ in range(warm_up))
    self.last_ns = self.usual_ns()

  def usual_ns(self):
    return self._taken[len(self._taken) // 4]

  def take(self):
    """Returns the longer of the loop before the run and the one after it."""
    before, self.last_ns = self.last_ns, self._loop()
    bisect.insort(self._taken, self.last_ns)
    return max(before, self.last_ns)

  def is_noisy(self, calibration_ns):
    return calibration_ns > self.usual_ns() * (1 + TOLERANCE)


def is_noisy_cell(runs, figure):
  """runs: those of one cell; figure: its estimate."""
  noisy = sum(bool(run.get('noisy')) for run in runs)
  return (len(runs) < LEAST_RUNS or 2 * noisy > len(runs) or
          estimate.width(figure) > WIDEST)
