"""The table of a run, and a terminal that redraws it.

Takes from: nothing. Gives to: run, merge, coverage.
"""

import time

HEAD = ('fuzzer', 'executions', 'exec/s', 'coverage', 'features',
        'new inputs', 'state')
# Elsewhere than on a terminal, a table so often.
_PLAIN_SECONDS = 10


def align(rows, left=(0,)):
  """Returns lines; columns but those in `left` are right-aligned."""
  rows = [[str(cell) for cell in row] for row in rows]
  widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

  def fill(row):
    return '  '.join(cell.ljust(width) if i in left else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths)))

  return [fill(row).rstrip() for row in rows]


def lines(jobs):
  """jobs: what has name, progress and state."""
  rows = [HEAD]
  for job in jobs:
    p = job.progress
    rows.append((job.name, '{:,}'.format(p.executions), '{:,}'.format(p.rate),
                 '{:,}'.format(p.coverage), '{:,}'.format(p.features),
                 '{:,}'.format(p.new_inputs), job.state))
  return align(rows, left=(0, 6))


class Screen:
  """Shows a table again and again: in place on a terminal."""

  def __init__(self, out, clock=time.monotonic):
    self._out = out
    self._clock = clock
    self._terminal = out.isatty()
    self._height = 0
    self._next = clock() + _PLAIN_SECONDS

  def show(self, table):
    if self._terminal:
      self._out.write('\x1b[%dA' % self._height if self._height else '')
      self._out.write(''.join('\r%s\x1b[K\n' % line for line in table))
      self._height = len(table)
    elif self._clock() >= self._next:
      self._next = self._clock() + _PLAIN_SECONDS
      self._out.write(''.join(line + '\n' for line in table))
    self._out.flush()

  def finish(self, table):
    """The last table stays, on a terminal in place of the one before."""
    self._next = self._clock()
    self.show(table)
