"""Data of the other plots: throughput, RSS, both, programs; colours."""

import unittest

import fixture
from report import allocators, memory, page, programs, scaling


def cell(workload, threads, allocator, rate, mib=1):
  return {'workload': workload, 'threads': threads, 'allocator': allocator,
          'ns_per_operation': {'median': 1e9 / rate},
          'operations_per_s': {'median': rate, 'low': rate / 2, 'high': rate * 2},
          'peak_rss_mib': {'median': mib}}


class ScalingTest(unittest.TestCase):

  def test_a_line_and_its_band(self):
    plot = scaling.prepare({'cells': [cell('w', 2, 'y', 10)]}, ['x', 'y'])[0]
    self.assertEqual(plot['series'],
                     [{'allocator': 1, 'points': [[2, 10, 5, 20, 0]]}])

  def test_the_ideal_grows_to_the_number_of_processors(self):
    results = {'machine': {'processors': 4}, 'cells': [
        cell('w', threads, name, rate) for threads in (1, 2, 8)
        for name, rate in (('x', 10), ('y', 30))]}
    self.assertEqual(scaling.prepare(results, ['x', 'y'])[0]['ideal'],
                     [[1, 30], [2, 60], [8, 120]])

  def test_programs_have_no_threads(self):
    self.assertEqual(scaling.prepare({'cells': [cell('p', None, 'x', 1)]}, ['x']),
                     [])


class MemoryTest(unittest.TestCase):

  def test_thinning_keeps_the_peak(self):
    series = [[ms, 1024 * (900 if ms == 777 else 3)] for ms in range(1000)]
    points = memory.thinned(series)
    self.assertLessEqual(len(points), 48)
    self.assertIn([777, 900], points)

  def test_few_points_stay_as_they_are(self):
    self.assertEqual(memory.thinned([[0, 1024], [5, 2048]]), [[0, 1], [5, 2]])

  def test_the_run_with_the_median_peak_is_shown(self):
    runs = [{'workload': 'w', 'threads': 1, 'allocator': 'x',
             'rss': [[0, kib * 1024]]} for kib in (9, 2, 4)]
    self.assertEqual(memory.over_time({'runs': runs}, ['x'])[0]['series'],
                     [{'allocator': 0, 'points': [[0, 4]]}])

  def test_all_cells_together_are_ratios_to_the_best(self):
    results = {'cells': [
        cell('a', 1, 'x', 100, 10), cell('a', 1, 'y', 25, 10),
        cell('b', 1, 'x', 10, 40), cell('b', 1, 'y', 10, 10),
        cell('c', 1, 'x', 10, 40)]}  # y has none: not counted
    overall = memory.against_throughput(results, ['x', 'y'])[0]
    self.assertEqual((overall['workload'], overall['cells']), (None, 2))
    self.assertEqual([(p['rate'][0], p['rss'][0]) for p in overall['points']],
                     [(1, 2), (0.5, 1)])


class ProgramsTest(unittest.TestCase):

  def test_the_fastest_first(self):
    results = {'cells': [cell('p', None, 'x', 1), cell('p', None, 'y', 2),
                         cell('w', 1, 'y', 2)]}
    prepared = programs.prepare(results, ['x', 'y'])
    self.assertEqual([p['workload'] for p in prepared], ['p'])
    self.assertEqual([p['allocator'] for p in prepared[0]['points']], [1, 0])


class AllocatorsTest(unittest.TestCase):

  def test_headroom_first_and_the_systems_last(self):
    self.assertEqual(allocators.names(fixture.full())[::6], ['headroom', 'system'])

  def test_no_two_look_alike(self):
    names = ['headroom', 'system', 'mimalloc', 'mimalloc-secure', 'jemalloc',
             'tcmalloc', 'gperftools', 'tbbmalloc', 'scudo', 'mine']
    described = allocators.describe({'allocators': [{'name': n} for n in names]})
    for key in ('light', 'dark', 'symbol'):
      self.assertEqual(len({a[key] for a in described}), len(names), key)

  def test_an_allocator_keeps_its_colour_in_another_run(self):
    colors = [{a['name']: a['light'] for a in page.prepare(r)['allocators']}
              for r in (fixture.full(), {'allocators': [{'name': 'scudo'}]})]
    self.assertEqual(colors[0]['scudo'], colors[1]['scudo'])


if __name__ == '__main__':
  unittest.main()
