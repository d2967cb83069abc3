"""The table of a run, redrawn on a terminal, repeated elsewhere."""

import io
import types
import unittest

import progress
import table


class Terminal(io.StringIO):

  def isatty(self):
    return True


class TableTest(unittest.TestCase):

  def test_columns_are_aligned(self):
    job = types.SimpleNamespace(name='heap', progress=progress.Progress(),
                                state='done')
    job.progress.executions = 1234567
    job.progress.coverage = 99
    self.assertEqual(table.lines([job]), [
        'fuzzer  executions  exec/s  coverage  features  new inputs  state',
        'heap     1,234,567       0        99         0           0  done'])

  def test_a_terminal_is_redrawn_in_place(self):
    out = Terminal()
    screen = table.Screen(out)
    screen.show(['a', 'b'])
    self.assertEqual(out.getvalue(), '\ra\x1b[K\n\rb\x1b[K\n')
    screen.show(['c', 'd'])
    self.assertTrue(out.getvalue().endswith('\x1b[2A\rc\x1b[K\n\rd\x1b[K\n'))

  def test_elsewhere_a_table_now_and_then(self):
    now = [100.0]
    out = io.StringIO()
    screen = table.Screen(out, clock=lambda: now[0])
    for now[0], line in ((101, 'early'), (110, 'due'), (111, 'early'),
                         (120, 'due again')):
      screen.show([line])
    screen.finish(['last'])
    self.assertEqual(out.getvalue(), 'due\ndue again\nlast\n')


if __name__ == '__main__':
  unittest.main()
