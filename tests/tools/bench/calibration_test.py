"""What counts as noise."""

import unittest

import calibration


def figure(low, high):
  return {'median': 100, 'low': low, 'high': high}


class CalibrationTest(unittest.TestCase):

  def test_either_side_of_a_run_counts(self):
    times = iter([1000, 1020, 1200, 1010])
    of_loop = calibration.Calibration(lambda: next(times), warm_up=1)
    taken = [of_loop.take() for _ in range(3)]
    self.assertEqual(taken, [1020, 1200, 1200])
    self.assertEqual([of_loop.is_noisy(ns) for ns in taken],
                     [False, True, True])

  def test_usual_is_what_a_quarter_stay_below(self):
    times = iter([100, 1020, 1000, 1030, 1010, 1000, 1010, 1500])
    of_loop = calibration.Calibration(lambda: next(times), warm_up=8)
    self.assertEqual(of_loop.usual_ns(), 1000)  # and not 100
    self.assertFalse(of_loop.is_noisy(1100))
    self.assertTrue(of_loop.is_noisy(1101))

  def test_a_machine_that_becomes_faster_makes_noise_of_what_was_none(self):
    times = iter([1000] * 2 + [800] * 3)
    of_loop = calibration.Calibration(lambda: next(times), warm_up=1)
    self.assertFalse(of_loop.is_noisy(of_loop.take()))
    for _ in range(3):
      of_loop.take()
    self.assertTrue(of_loop.is_noisy(1000))

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
