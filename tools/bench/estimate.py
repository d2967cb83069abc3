"""The median of a few runs, and an interval that holds it.

Takes from: nothing. Gives to: cells, main.
Invariant: low <= median <= high, all three made of figures that were measured.

The interval asks nothing of the figures' distribution: of n runs in order, the
k-th from below and the k-th from above have the true median between them unless
fewer than k runs fell on one side of it, which tosses of a coin tell.
(David and Nagaraja, Order Statistics, 2003, section 7.1.)
"""

import math

GOAL = 0.95
# Fewer figures do not tell how far they spread.
LEAST = 3


def _coverage(count, k):
  """The chance that runs k from below and k from above hold the median."""
  outside = sum(math.comb(count, i) for i in range(k))
  return 1 - 2 * outside / 2**count


def _rank(count):
  """The narrowest interval that reaches GOAL, else the widest."""
  k = 1
  while 2 * (k + 1) <= count and _coverage(count, k + 1) >= GOAL:
    k += 1
  return k


def confidence(count):
  """The level that the interval of so many runs really has; 0 for one run."""
  return max(0.0, _coverage(count, _rank(count)))


def median(values):
  ordered = sorted(values)
  middle = len(ordered) // 2
  if len(ordered) % 2:
    return ordered[middle]
  return (ordered[middle - 1] + ordered[middle]) / 2


def estimate(values):
  """Returns median, low and high of one figure, or None without a value."""
  if not values:
    return None
  ordered = sorted(values)
  k = _rank(len(ordered))
  return {'median': median(ordered), 'low': ordered[k - 1],
          'high': ordered[-k]}


def width(of):
  """The interval's width as a share of the median."""
  return (of['high'] - of['low']) / of['median'] if of['median'] else 0.0
