"""Ratios of rounds in which the machine was as fast."""

import unittest

import alike
from fake_results import BUSY, CALM, PLACE, results, times

def moved(now, before, allocator='b', best='a'):
  return alike.Alike(now, before).moved(PLACE, allocator, best)


class AlikeTest(unittest.TestCase):

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

  def test_another_file_does_not_tell_how_fast_the_machine_was(self):
    with_d = [{**CALM, 'd': 5}] * 8
    faster = [{**times(CALM, c=0.5), 'd': 5}] * 8
    self.assertAlmostEqual(
        moved(results(faster, files={'c': 'new'}), results(with_d)), 1)
    # Where it were the same file, no round would be as fast.
    self.assertIsNone(moved(results(faster), results(with_d)))

  def test_a_turn_counts_when_all_had_it(self):
    before = results([CALM] * 8)
    now = [times(CALM, b=9)] * 9 + [CALM] * 8
    missing = [('c', turn) for turn in range(9)]
    self.assertAlmostEqual(moved(results(now, without=missing), before), 1)

  def test_without_enough_rounds_nothing_is_known(self):
    one_turn = results([CALM])  # two rounds
    two_turns = results([CALM] * 2)
    self.assertIsNone(moved(one_turn, two_turns))
    self.assertIsNone(moved(two_turns, one_turn))
    self.assertAlmostEqual(moved(two_turns, two_turns), 1)
    pair = results([{'a': 10, 'b': 20}] * 8)
    self.assertIsNone(moved(pair, pair))
    self.assertIsNone(moved(two_turns, pair, allocator='c'))
    self.assertIsNone(moved(two_turns, two_turns, allocator='a'))
    self.assertIsNone(moved({}, two_turns))
    self.assertIsNone(
        alike.Alike(two_turns, two_turns).moved(('pair', 2), 'b', 'a'))


if __name__ == '__main__':
  unittest.main()
