"""Ratios of rounds that were equally fast in two runs."""

import unittest

import equal_speed
from fake_results import BUSY, CALM, PLACE, results, times


def moved(now, before, allocator='b', best='a'):
  return equal_speed.EqualSpeed(now, before).moved(PLACE, allocator, best)


class EqualSpeedTest(unittest.TestCase):

  def test_busier_neighbours_do_not_move_a_ratio(self):
    before = results([CALM] * 10 + [BUSY] * 5)
    now = results([CALM] * 5 + [BUSY] * 10)
    self.assertAlmostEqual(moved(now, before), 1)
    self.assertAlmostEqual(moved(before, now), 1)

  def test_what_changed_in_either_of_the_two_shows(self):
    before = results([CALM] * 10 + [BUSY] * 5)
    slower = [times(one, b=1.1) for one in [CALM] * 5 + [BUSY] * 10]
    self.assertAlmostEqual(moved(results(slower), before), 1.1)
    slower = [times(one, a=1.25) for one in [CALM] * 5 + [BUSY] * 10]
    self.assertAlmostEqual(moved(results(slower), before), 0.8)

  def test_each_stratum_counts_as_much_as_it_tells(self):
    before = results([CALM] * 10 + [BUSY] * 10)
    now = results([times(CALM, b=1.1)] * 10 + [BUSY] * 10)
    self.assertAlmostEqual(moved(now, before), 1.1**0.5)
    # 20 rounds beside 20 tell what a harmonic mean of 20 does, 20 beside 60
    # of 30.
    now = results([times(CALM, b=1.1)] * 10 + [BUSY] * 30)
    self.assertAlmostEqual(moved(now, before), 1.1**0.4)

  def test_a_stratum_with_few_rounds_of_one_run_tells_nothing(self):
    before = results([CALM] * 10 + [BUSY])  # two rounds
    now = results([CALM] * 5 + [times(BUSY, b=9)] * 10)
    self.assertAlmostEqual(moved(now, before), 1)

  def test_another_file_does_not_tell_how_fast_the_machine_was(self):
    with_d = [{**CALM, 'd': 5}] * 8
    faster = [{**times(CALM, c=0.5), 'd': 5}] * 8
    self.assertAlmostEqual(
        moved(results(faster, files={'c': 'new'}), results(with_d)), 1)
    # Where it were the same file, no round would be as fast.
    self.assertIsNone(moved(results(faster), results(with_d)))

  def test_a_turn_counts_when_both_and_the_others_had_it(self):
    before = results([{**CALM, 'd': 5}] * 20)
    now = [times(CALM, b=9)] + [CALM] * 18
    # c tells how fast the rest was, and is out of the wild turn.
    self.assertAlmostEqual(
        moved(results(now, without=[('c', 0)]), results([CALM] * 20)), 1)
    # c ran too seldom to tell anything: d does.
    with_d = [{**one, 'd': 5} for one in [CALM] * 20]
    seldom = [('c', turn) for turn in range(3, 20)]
    self.assertAlmostEqual(moved(results(with_d, without=seldom), before), 1)
    self.assertIsNone(moved(results([CALM] * 20, without=seldom), before))

  def test_without_enough_turns_nothing_is_known(self):
    two_turns = results([CALM] * 2)
    three_turns = results([CALM] * 3)
    self.assertAlmostEqual(moved(three_turns, three_turns), 1)
    self.assertIsNone(moved(two_turns, three_turns))
    self.assertIsNone(moved(three_turns, two_turns))
    self.assertIsNone(moved({}, three_turns))

  def test_without_others_or_equally_fast_rounds_nothing_is_known(self):
    calm = results([CALM] * 8)
    pair = results([{'a': 10, 'b': 20}] * 8)
    self.assertIsNone(moved(pair, pair))
    self.assertIsNone(moved(calm, pair, allocator='c'))
    self.assertIsNone(moved(calm, results([BUSY] * 8)))
    self.assertIsNone(
        equal_speed.EqualSpeed(calm, calm).moved(('pair', 2), 'b', 'a'))


if __name__ == '__main__':
  unittest.main()
