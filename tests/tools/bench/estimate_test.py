"""Medians and their intervals, against what a table of the binomial says."""

import unittest

import estimate


class EstimateTest(unittest.TestCase):

  def test_median(self):
    self.assertEqual(estimate.median([9, 1, 5]), 5)
    self.assertEqual(estimate.median([9, 1, 5, 6]), 5.5)

  def test_few_runs_reach_what_they_can(self):
    # 1 - 2 / 2^n: all runs fall on one side of the median.
    self.assertEqual([estimate.confidence(n) for n in (1, 2, 3, 5)],
                     [0, 0.5, 0.75, 0.9375])
    self.assertEqual(estimate.estimate([4, 1, 3, 2, 5]),
                     {'median': 3, 'low': 1, 'high': 5})

  def test_more_runs_leave_the_outermost_out(self):
    # n = 9: runs 2 and 8, 1 - 2 (1 + 9) / 512; n = 20: runs 6 and 15.
    self.assertAlmostEqual(estimate.confidence(9), 0.9609375)
    self.assertEqual(estimate.estimate(range(1, 10)),
                     {'median': 5, 'low': 2, 'high': 8})
    self.assertAlmostEqual(estimate.confidence(20), 0.9586, places=4)
    self.assertEqual(estimate.estimate(range(1, 21)),
                     {'median': 10.5, 'low': 6, 'high': 15})

  def test_the_level_is_reached_wherever_it_can_be(self):
    for count in range(6, 60):
      self.assertGreaterEqual(estimate.confidence(count), estimate.GOAL)

  def test_width(self):
    self.assertAlmostEqual(
        estimate.width({'median': 50, 'low': 48, 'high': 53}), 0.1)
    self.assertIsNone(estimate.estimate([]))


if __name__ == '__main__':
  unittest.main()
