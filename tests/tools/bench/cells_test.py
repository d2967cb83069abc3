"""Runs into cells, cells into the table at the end."""

import unittest

import cells
import table


def run(wall, workload='x', threads=1, allocator='headroom', repeat=0, **more):
  return {'repeat': repeat, 'workload': workload, 'threads': threads, 'allocator': allocator,
          'kind': 'throughput', 'operations': 1000, 'wall_s': wall,
          'user_s': wall, 'system_s': wall, 'peak_rss_kib': 2048,
          'noisy': False, **more}


class CellsTest(unittest.TestCase):

  def test_figures(self):
    one, = cells.make([run(w, repeat=i) for i, w in enumerate((3e-6, 1e-6, 2e-6))])
    self.assertEqual((one['runs'], one['confidence']), (3, 0.75))
    medians = {name: one[name]['median'] for name in (
        'ns_per_operation', 'cpu_ns_per_operation', 'operations_per_s',
        'peak_rss_mib', 'cpu_s', 'ns_per_operation_to_best',
        'cpu_ns_per_operation_to_best')}
    self.assertEqual(set(medians), {name for name in one
                                    if isinstance(one[name], dict)})
    for name, expected in (('ns_per_operation', 2), ('peak_rss_mib', 2),
                           ('cpu_ns_per_operation', 4), ('cpu_s', 4e-6),
                           ('operations_per_s', 5e8),
                           ('ns_per_operation_to_best', 1),
                           ('cpu_ns_per_operation_to_best', 1)):
      self.assertAlmostEqual(medians[name], expected)
    self.assertAlmostEqual(one['ns_per_operation']['high'], 3)
    self.assertTrue(one['noisy'])  # from 1 to 3

  def test_a_run_has_the_median_of_its_slices(self):
    """One operation in 3 ns, another one in a stall, a third one in 2 ns."""
    slices = [[1000, 3000], [10, 1e6], [500, 1000]]
    one, = cells.make([run(1, slices=slices, repeat=i) for i in range(3)])
    self.assertEqual(one['ns_per_operation']['median'], 3)
    self.assertAlmostEqual(one['operations_per_s']['median'], 1e9 / 3)
    self.assertEqual(one['cpu_ns_per_operation']['median'], 2e6)

  def test_noisy_turns_of_slices_count_in_ratios_alone(self):
    def turns(name, ns):
      return [run(1, allocator=name, repeat=i, noisy=i > 2,
                  slices=[[1, ns * (9 if i > 2 else 1)]] * 2) for i in range(8)]
    slow, fast = cells.make(turns('headroom', 30) + turns('system', 10))
    self.assertEqual(slow['ns_per_operation']['high'], 30)
    self.assertEqual((slow['runs'], slow['noisy']), (3, False))
    self.assertEqual(slow['ns_per_operation_to_best']['median'], 3)
    mixed = turns('headroom', 30)[:3] + [
        {**one, 'slices': [[1, 360]] * 2} for one in turns('headroom', 30)[3:]]
    slow, fast = cells.make(mixed + turns('system', 10))
    self.assertEqual(slow['ns_per_operation_to_best']['median'], 4)

  def test_a_noisy_minute_leaves_the_ratios(self):
    made = cells.make([run(wall * slow, allocator=name, repeat=turn)
                       for name, wall in (('headroom', 3e-6), ('system', 1e-6))
                       for turn, slow in enumerate((1, 2, 1.5))])
    self.assertEqual([c['noisy'] for c in made], [False, False])
    self.assertAlmostEqual(made[0]['ns_per_operation_to_best']['high'], 3)
    self.assertAlmostEqual(made[0]['ns_per_operation']['high'], 6)

  def test_noisy_runs_do_not_count_beside_enough_quiet_ones(self):
    runs = [run(1e-6, repeat=turn) for turn in range(3)]
    runs += [run(9e-6, repeat=turn, noisy=True) for turn in range(3, 9)]
    one, = cells.make(runs)
    self.assertEqual((one['runs'], one['noisy']), (3, False))
    self.assertAlmostEqual(one['ns_per_operation']['high'], 1)
    one, = cells.make(runs[1:])
    self.assertEqual((one['runs'], one['noisy']), (8, True))

  def test_other_kinds_are_no_part_of_the_medians(self):
    made = cells.make([run(1e-6), run(9e-6, kind='latency'),
                       run(9e-6, kind='measured'),
                       run(9e-6, kind='instructions',
                           instructions_per_operation=71.5),
                       run(1, 'redis', None, kind='program')])
    self.assertEqual([(c['workload'], c['runs']) for c in made],
                     [('x', 1), ('redis', 1)])
    self.assertEqual(made[0]['instructions_per_operation'], 71.5)
    self.assertNotIn('instructions_per_operation', made[1])


def results(times, **more):
  """times: {(workload, threads, allocator): seconds for 1000 operations}"""
  names = dict.fromkeys(allocator for _, _, allocator in times)
  return {
      'allocators': [{'name': name, 'headroom': name in ('headroom', 'strict')}
                     for name in names],
      'cells': cells.make([run(wall, *key, repeat=i) for key, wall in times.items()
                           for i in range(3)]), **more}


class TableTest(unittest.TestCase):

  TIMES = {('x', 1, 'headroom'): 2e-6, ('x', 1, 'strict'): 1e-6,
           ('x', 1, 'system'): 4e-6, ('y', 2, 'headroom'): 6e-6,
           ('y', 2, 'strict'): 9e-6, ('y', 2, 'system'): 4e-6,
           ('redis', None, 'headroom'): 3.0, ('redis', None, 'system'): 4.5}

  def test_losses_are_as_visible_as_wins(self):
    text = table.lines(results(self.TIMES))
    self.assertEqual(text[-1], 'Headroom is best in 2 of 3 cells. Worst loss: '
                     'y on 2, 1.50 times system. Best win: x on 1, 0.50 times '
                     'system.')

  def test_the_best_is_marked_and_a_level_is_no_rival(self):
    text = '\n'.join(table.lines(results(self.TIMES)))
    self.assertRegex(text, r'x +1 +2\.0 \(2\) +\*1\.0 \(2\) +4\.0 \(2\) +0\.50')
    self.assertRegex(text, r'y +2 +6\.0 \(2\) +9\.0 \(2\) +\*4\.0 \(2\) +1\.50')
    self.assertRegex(text, r'redis +\*3ms \(2\) +- +4.5ms \(2\) +0\.67')

  def test_noise_is_marked(self):
    made = results(self.TIMES)
    made['cells'][0]['noisy'] = True
    self.assertRegex('\n'.join(table.lines(made)), r'x +1 +~2\.0 \(2\)')

  def test_cpu_time(self):
    text = '\n'.join(table.lines(results(self.TIMES), cpu=True))
    self.assertRegex(text, r'CPU time[^*]*')
    self.assertRegex(text, r'x +1 +4\.0 \(2\)')

  def test_without_headroom_or_without_anything(self):
    times = {('x', 1, 'system'): 4e-6}
    text = '\n'.join(table.lines(results(times)))
    self.assertNotIn('Headroom is best', text)
    self.assertEqual(table.lines(results({})), ['nothing was measured'])

  def test_units(self):
    self.assertEqual([table.number(v) for v in (1.25, 9999, 12345, 2.5e7, 3e10)],
                     ['1.2', '9999.0', '12.35us', '25ms', '30s'])


if __name__ == '__main__':
  unittest.main()
