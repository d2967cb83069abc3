"""What counts as noise."""

import unittest

import calibration


def figure(low, high):
  return {'median': 100, 'low': low, 'high': high}


class CalibrationTest(unittest.TestCase):

  def test_either_side_of_a_run_counts(self):
    times = iter([1000, 1020, 1200, 1010, 900])
    of_loop = calibration.Calibration(lambda: next(times), warm_up=1)
    taken = [of_loop.take() for _ in range(3)]
    self.assertEqual(taken, [1020, 1200, 1200])
    self.assertEqual([of_loop.is_noisy(ns) for ns in taken],
                     [False, True, True])
    self.assertEqual(of_loop.take(), 1010)
    # A better minimum makes noise of what was none.
    self.assertTrue(of_loop.is_noisy(1020))
    self.assertFalse(of_loop.is_noisy(990))

  def test_the_real_loop_takes_time(self):
    self.assertGreater(calibration.loop_ns(), 0)

  def test_a_cell_is_noisy(self):
    quiet, noisy = {'noisy': False}, {'noisy': True}
    is_noisy = calibration.is_noisy_cell
    self.assertFalse(is_noisy([quiet] * 5, figure(95, 105)))
    self.assertTrue(is_noisy([quiet] * 5, figure(95, 106)))
    self.assertFalse(is_noisy([quiet] * 3 + [noisy] * 2, figure(99, 101)))
    self.assertTrue(is_noisy([quiet] * 2 + [noisy] * 3, figure(99, 101)))
    self.assertTrue(is_noisy([quiet] * 2, figure(99, 101)))


if __name__ == '__main__':
  unittest.main()
