"""Latency's curves, on histograms whose answer is known."""

import unittest

from report import latency


class LatencyTest(unittest.TestCase):

  def test_runs_are_added_up(self):
    self.assertEqual(
        latency.merge([{'buckets': [[10, 1], [20, 2]], 'max_ns': 19},
                       {'buckets': [[20, 3], [5, 0]], 'max_ns': 15}, {}]),
        ([(10, 1), (20, 5)], 19))

  def test_a_curve_passes_through_the_percentiles(self):
    # 10 % take longer than 10 ns, 1 % longer than 100, 0.1 % than 1000.
    points = latency.curve(
        [(10, 9000), (100, 900), (1000, 90), (5000, 10)], 4000)
    shares = {share: ns for ns, share in points}
    self.assertEqual(shares[1], 10)
    self.assertEqual(shares[0.1], 10)
    self.assertEqual(shares[0.0681], 100)
    self.assertEqual(shares[0.01], 100)
    self.assertEqual(shares[0.001], 1000)
    self.assertEqual(points[-1], [4000, 0.0001])

  def test_a_curve_falls_and_goes_right(self):
    points = latency.curve([(10 + i, 1000 >> i) for i in range(10)], 18)
    for one, next_ in zip(points, points[1:]):
      self.assertLessEqual(one[0], next_[0])
      self.assertGreaterEqual(one[1], next_[1])
    self.assertEqual(points[-1][0], 18)

  def test_no_call_no_curve(self):
    self.assertEqual(latency.curve(*latency.merge([{}])), [])

  def test_cells_hold_the_allocators_that_were_measured(self):
    histogram = {'buckets': [[10, 4]], 'max_ns': 9}
    prepared = latency.prepare(
        {'runs': [{'workload': 'w', 'threads': 2, 'allocator': 'y',
                   'latency': {'malloc': histogram}}, {'workload': 'w'}]},
        ['x', 'y'])
    self.assertEqual(prepared, [{
        'workload': 'w', 'threads': 2, 'free': [],
        'malloc': [{'allocator': 1, 'points': [
            [9, 1.0], [9, 0.681], [9, 0.464], [9, 0.316], [9, 0.25]]}]}])


if __name__ == '__main__':
  unittest.main()
