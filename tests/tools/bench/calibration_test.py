"""What counts as noise."""

import unittest

import calibration


def figure(low, high):
  return {'median': 100, 'low': low, 'high': high}


class CalibrationTest(unittest.TestCase):

  def calibration(self, *times):
    """The first of the times is the warm-up's."""
    self.times = iter(times)
    self.now = 0

    def loop():
      self.now += 1
      return next(self.times)

    return calibration.Calibration(loop, warm_up=1, clock=lambda: self.now)

  def test_either_side_of_a_run_counts(self):
    of_loop = self.calibration(1000, 1020, 1200, 1010)
    taken = [of_loop.take() for _ in range(3)]
    self.assertEqual(taken, [1020, 1200, 1200])
    self.assertEqual([of_loop.is_noisy(ns) for ns in taken],
                     [False, True, True])

  def test_undisturbed_is_what_a_twentieth_stay_below(self):
    of_loop = self.calibration(100, *[1000] * 19, 5000)
    for _ in range(20):
      of_loop.take()
    self.assertEqual(of_loop.quiet_ns(), 1000)  # and not 100
    self.assertFalse(of_loop.is_noisy(1150))
    self.assertTrue(of_loop.is_noisy(1151))

  def test_waits_until_it_is_quiet(self):
    of_loop = self.calibration(1000, 2000, 1900, 1010, 1000)
    of_loop.take()
    of_loop.await_quiet(100)
    self.assertEqual((of_loop.last_ns, of_loop.waited_s), (1010, 2))
    of_loop.await_quiet(100)
    self.assertEqual((of_loop.last_ns, of_loop.waited_s), (1010, 2))

  def test_waits_no_longer_than_it_may(self):
    of_loop = self.calibration(1000, *[2000] * 9)
    of_loop.take()
    of_loop.await_quiet(3)
    self.assertEqual(of_loop.waited_s, 3)
    of_loop.await_quiet(0)
    self.assertEqual(of_loop.waited_s, 3)

  def test_noisy_runs_are_left_out_when_the_others_suffice(self):
    quiet, noisy = {'noisy': False}, {'noisy': True}
    self.assertEqual(calibration.quiet([noisy] * 5 + [quiet] * 3), [quiet] * 3)
    self.assertEqual(len(calibration.quiet([noisy] * 5 + [quiet] * 2)), 7)

  def test_a_cell_is_noisy(self):
    quiet, noisy = {'noisy': False}, {'noisy': True}
    is_noisy = calibration.is_noisy_cell
    self.assertFalse(is_noisy([quiet] * 5, figure(98, 103)))
    self.assertTrue(is_noisy([quiet] * 5, figure(97, 103)))
    self.assertTrue(is_noisy([quiet] * 4 + [noisy], figure(99, 101)))
    self.assertTrue(is_noisy([quiet] * 2, figure(99, 101)))


if __name__ == '__main__':
  unittest.main()
