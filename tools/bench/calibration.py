"""How undisturbed the machine is: a fixed piece of work, timed between runs.

Takes from: estimate. Gives to: measure, cells.
A run counts as noisy when the work beside it took more than TOLERANCE longer
than it ever took in this benchmark.
"""

import time

import estimate

TOLERANCE = 0.10
# A cell whose interval is wider than this share of its median is noisy too.
WIDEST = 0.10
_STEPS = 150000  # some milliseconds


def loop_ns(clock=time.perf_counter_ns):
  start = clock()
  total = 0
  for step in range(_STEPS):
    total += step
  return clock() - start


class Calibration:
  """Fields: minimum_ns, the best so far; last_ns."""

  def __init__(self, loop=None, warm_up=20):
    loop = self._loop = loop or loop_ns
    self.minimum_ns = min(loop() for _ in range(warm_up))
    self.last_ns = self.minimum_ns

  def take(self):
    """Returns the longer of the loop before the run and the one after it."""
    before, self.last_ns = self.last_ns, self._loop()
    self.minimum_ns = min(self.minimum_ns, self.last_ns)
    return max(before, self.last_ns)

  def is_noisy(self, calibration_ns):
    return calibration_ns > self.minimum_ns * (1 + TOLERANCE)


def is_noisy_cell(runs, figure):
  """runs: those of one cell; figure: its estimate."""
  noisy = sum(bool(run.get('noisy')) for run in runs)
  return (len(runs) < 3 or 2 * noisy > len(runs) or
          estimate.width(figure) > WIDEST)
