"""How far a benchmark is and how long it still takes.

Takes from: nothing. Gives to: main, measure.
"""

import collections
import time

# Elsewhere than on a terminal, a line so often.
_PLAIN_SECONDS = 10
# What a run takes before one of its kind was seen, beyond its own length.
_AROUND_A_RUN = 0.1
_GUESSES = {'program': 2.0, 'instructions': 20.0}


def duration(seconds):
  seconds = round(seconds)
  if seconds < 60:
    return '%d s' % seconds
  return '%d min %02d s' % (seconds // 60, seconds % 60)


class Progress:
  """Shows a line again and again: in place on a terminal."""

  def __init__(self, out, seconds, deadline=None, clock=time.monotonic):
    self._out = out
    self._clock = clock
    self._deadline = deadline
    self._terminal = out.isatty()
    self._next = clock() + _PLAIN_SECONDS
    self._guess = seconds + _AROUND_A_RUN
    self._totals = collections.defaultdict(lambda: [0.0, 0])

  @staticmethod
  def _class(turn):
    # One program takes much longer than another; the workloads are alike.
    return (turn.kind, turn.cell.workload if turn.kind == 'program' else '')

  def took(self, turn, seconds):
    total = self._totals[self._class(turn)]
    total[0] += seconds
    total[1] += len(turn.allocators)

  def left(self, turns):
    """Seconds that these turns will take."""
    counts = collections.Counter()
    for turn in turns:
      counts[self._class(turn)] += len(turn.allocators)
    seconds = 0.0
    for of, count in counts.items():
      total, seen = self._totals.get(of, (0, 0))
      each = total / seen if seen else _GUESSES.get(of[0], self._guess)
      seconds += count * each
    if self._deadline is not None:
      seconds = min(seconds, max(0.0, self._deadline - self._clock()))
    return seconds

  def show(self, turns, count):
    """turns: those that are left, of so many; the first is about to begin."""
    if not self._terminal and self._clock() < self._next:
      return
    self._next = self._clock() + _PLAIN_SECONDS
    turn = turns[0]
    threads = '' if turn.cell.threads is None else ' on %d' % turn.cell.threads
    names = [one.name for one in turn.allocators]
    self._write('%d of %d turns, %s left: %s%s, %s' % (
        count - len(turns), count, duration(self.left(turns)),
        turn.cell.workload, threads,
        names[0] if len(names) == 1 else '%d allocators' % len(names)))

  def say(self, text):
    """A line that stays."""
    self.clear()
    self._out.write('x: %s\n' % text)
    self._out.flush()

  def clear(self):
    if self._terminal:
      self._out.write('\r\x1b[K')
      self._out.flush()

  def _write(self, text):
    if self._terminal:
      self._out.write('\r%s\x1b[K' % text[:110])
    else:
      self._out.write('x: %s\n' % text)
    self._out.flush()
