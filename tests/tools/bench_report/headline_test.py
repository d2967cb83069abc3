"""The sentences over the plots: who wins, where it loses, how noisy it is."""

import unittest

from report import cells, headline


def cell(workload, threads, allocator, ns, low=None, high=None, noisy=False):
  return {'workload': workload, 'threads': threads, 'allocator': allocator,
          'ns_per_operation': {'median': ns, 'low': low or ns, 'high': high or ns},
          'noisy': noisy}


class HeadlineTest(unittest.TestCase):

  def test_wins_ties_and_the_worst_loss(self):
    results = {'cells': [
        cell('a', 1, 'headroom', 5), cell('a', 1, 'x', 6),
        cell('b', 1, 'headroom', 11, 9, 12), cell('b', 1, 'x', 10, 9, 11),
        cell('b', 8, 'headroom', 30), cell('b', 8, 'x', 20), cell('b', 8, 'y', 10),
        cell('p', None, 'headroom', 12), cell('p', None, 'x', 10),
    ]}
    self.assertEqual(
        headline.verdict(results),
        'Headroom is fastest in 1 of 4 cells; in 1 more its interval '
        'overlaps that of the fastest. Worst loss: b on 8 threads, 3.00 times '
        'the time of y. Fastest elsewhere: x (2), y (1).')

  def test_nothing_lost(self):
    results = {'cells': [cell('a', 1, 'headroom', 5), cell('a', 1, 'x', 6)]}
    self.assertEqual(headline.verdict(results),
                     'Headroom is fastest in 1 of 1 cell. It loses nowhere.')

  def test_a_cell_that_headroom_lacks_is_no_win(self):
    results = {'cells': [cell('a', 1, 'y', 5), cell('a', 1, 'x', 6)]}
    self.assertIn('was not measured beside', headline.verdict(results))

  def test_noise(self):
    results = {
        'settings': {'repeats': 5, 'confidence': 0.9375},
        'cells': [cell('a', 1, 'x', 1, noisy=True), cell('a', 1, 'y', 1)],
        'runs': [{'calibration_ns': ns} for ns in (90, 100, 120)]}
    self.assertEqual(
        headline.noise(results),
        '5 runs of each cell, all allocators in turns; 1 of 2 cells are noisy '
        '(marked ~). Figures are medians; intervals hold the true median with '
        '93.75 % confidence. The same calibration loop between runs took 10 % '
        'less to 20 % more than its median.')

  def test_the_command_can_be_pasted(self):
    self.assertEqual(headline.command({'command': ['./x', 'bench', 'a b']}),
                     "./x bench 'a b'")

  def test_machine_and_allocators_in_a_line(self):
    self.assertEqual(headline.machine_in_short({'machine': {
        'cpu': 'C', 'processors': 2, 'kernel': '6.1'}}),
                     'C, 2 logical processors, Linux 6.1')
    self.assertEqual(headline.machine_in_short({}), 'unknown')
    self.assertEqual(headline.allocators_in_short([
        {'name': 'x', 'version': '1'}, {'name': 'y', 'version': ''}]), 'x 1, y')

  def test_unknown_facts_of_the_machine_are_shown_too(self):
    self.assertEqual(
        headline.machine({'machine': {'new': 1, 'kernel': '6.1', 'thp': None}}),
        [('Kernel', '6.1'), ('new', '1')])


class CellsTest(unittest.TestCase):

  def test_programs_come_last_and_the_run_orders_the_rest(self):
    results = {'settings': {'workloads': ['z', 'p', 'a', 'unmeasured']},
               'cells': [cell('p', None, 'x', 1), cell('a', 2, 'x', 1),
                         cell('a', 1, 'x', 1), cell('z', 1, 'x', 1)]}
    self.assertEqual(list(cells.groups(results)),
                     [('z', 1), ('a', 1), ('a', 2), ('p', None)])

  def test_a_cell_without_a_usable_time_is_no_cell(self):
    for median in (None, 0, float('nan'), float('inf'), 'x'):
      self.assertEqual(cells.groups({'cells': [cell('a', 1, 'x', median)]}), {})

  def test_ratios_are_to_the_best(self):
    group = {'x': cell('a', 1, 'x', 4), 'y': cell('a', 1, 'y', 10)}
    self.assertEqual(cells.ratios(group), {'x': 1, 'y': 2.5})
    for name, ratio in (('x', 1), ('y', 2.4)):
      group[name]['ns_per_operation_to_best'] = {'median': ratio}
    self.assertEqual(cells.ratios(group), {'x': 1, 'y': 2.4})

  def test_a_geometric_mean(self):
    self.assertAlmostEqual(cells.geometric_mean([1, 4, 16]), 4)


if __name__ == '__main__':
  unittest.main()
