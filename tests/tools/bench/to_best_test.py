"""Ratios of runs in the same turn."""

import unittest

import to_best


def once(by_turn):
  """One slice in each turn."""
  return {name: {turn: [time] for turn, time in times.items()}
          for name, times in by_turn.items()}


def estimates(by_turn):
  return to_best.estimates(once(by_turn))


class ToBestTest(unittest.TestCase):

  def test_what_slows_a_turn_down_leaves_its_ratios(self):
    found = estimates({'a': {0: 10, 1: 30, 2: 10},
                               'b': {0: 21, 1: 60, 2: 19}})
    self.assertEqual(found['b'], {'median': 2.0, 'low': 1.9, 'high': 2.1})
    self.assertAlmostEqual(found['a']['median'], 1.0)

  def test_slices_of_a_round_are_compared_with_each_other(self):
    slow = [1, 3, 1, 2, 5]
    found = to_best.estimates({
        'a': {turn: [10 * factor for factor in slow] for turn in range(3)},
        'b': {turn: [20 * factor for factor in slow] for turn in range(3)}})
    self.assertEqual(found['b'], {'median': 2.0, 'low': 2.0, 'high': 2.0})

  def test_the_median_is_of_all_rounds_the_interval_of_turns(self):
    found = to_best.estimates({
        'a': {turn: [10, 10, 10] for turn in range(3)},
        'b': {0: [20, 30, 90], 1: [21, 22, 23, 1], 2: [40, 40, 20]}})
    self.assertEqual(found['b'], {'median': 2.3, 'low': 2.2, 'high': 4.0})
    found = to_best.estimates({
        'a': {turn: [10] * (1 + turn) for turn in range(3)},
        'b': {0: [10], 1: [10, 10], 2: [30] * 7}})
    self.assertEqual(found['b'], {'median': 2.0, 'low': 1.0, 'high': 3.0})

  def test_turns_that_followed_each_other_are_one_batch(self):
    """Else both would have an interval from 2 to 2."""
    first = [2] * 26 + [3] * 10
    mixed = [first[i * 7 % 36] for i in range(36)]

    def interval(times):
      found = estimates({'a': {turn: 1 for turn in range(36)},
                         'b': {i * 7 % 36: times[i * 7 % 36]
                               for i in range(36)}})['b']
      return found['low'], found['median'], found['high']

    self.assertEqual(interval(first), (2, 2, 3))
    self.assertEqual(interval(mixed), (2, 2, 2))

  def test_rounds_say_who_is_fastest(self):
    """By its times alone, which a slow machine had a part in, b would be."""
    found = estimates({'a': {0: 10, 1: 30, 2: 32}, 'b': {0: 20, 1: 36, 2: 25}})
    self.assertAlmostEqual(found['a']['median'], 1)
    self.assertAlmostEqual(found['b']['median'], 1.2)

  def test_the_interval_of_the_fastest_is_beside_the_others(self):
    slower = {turn: 20 * (1 + turn) for turn in range(3)}
    times = {turn: time / 2 for turn, time in slower.items()}
    found = estimates({'a': times, 'b': slower})['a']
    self.assertAlmostEqual(found['high'] - found['low'], 0)
    times[1] *= 1.3
    found = estimates({'a': times, 'b': slower})['a']
    self.assertAlmostEqual(found['high'], 1.3)
    self.assertEqual(found['median'], 1.0)

  def test_the_fastest_is_steady_when_another_is_not(self):
    found = estimates({'a': {0: 10, 1: 10, 2: 10.1},
                               'b': {0: 20, 1: 30, 2: 60}})['a']
    self.assertAlmostEqual(found['high'], 1.01)

  def test_turns_that_one_of_them_lacks(self):
    found = estimates({'a': {0: 10, 1: 10, 2: 14, 3: 10},
                               'b': {0: 20, 2: 42, 3: 22, 4: 99}})['b']
    self.assertEqual(found, {'median': 2.2, 'low': 2.0, 'high': 3.0})

  def test_too_few_turns_in_common(self):
    found = estimates({'a': {0: 10, 1: 11, 2: 9},
                               'b': {0: 20, 3: 21, 4: 22}})['b']
    self.assertEqual(found, {'median': 2.1, 'low': 2.0, 'high': 2.2})

  def test_one_alone_keeps_its_own_spread(self):
    found = estimates({'a': {0: 10, 1: 12, 2: 9}})['a']
    self.assertEqual(found, {'median': 1.0, 'low': 0.9, 'high': 1.2})

  def test_a_time_of_nothing(self):
    self.assertIsNone(estimates({'a': {0: 0}, 'b': {0: 0}})['b'])


if __name__ == '__main__':
  unittest.main()
