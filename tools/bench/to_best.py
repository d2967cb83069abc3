"""Times as multiples of the fastest allocator's.

Takes from: estimate. Gives to: cells.
Of runs in the same turn, if there are enough: a minute that slows the machine
down slows all runs of a turn down, and leaves their ratios. The fastest's own
median is 1; its interval is that of its times, or of its times beside the
others' in the same turn, whichever is narrower.
"""

import math

import estimate


def _geometric_mean(values):
  return math.exp(sum(map(math.log, values)) / len(values)) if values else 1.0


def _in_medians(times):
  """Each time as a multiple of their median."""
  times = {turn: time for turn, time in times.items() if time}
  middle = estimate.median(times.values()) if times else 1.0
  return {turn: time / middle for turn, time in times.items()}


def _beside_others(of_best, others):
  shifts = [_in_medians(times) for times in others]
  ratios = {turn: time / _geometric_mean([other[turn] for other in shifts
                                          if turn in other])
            for turn, time in of_best.items()}
  return list(_in_medians(ratios).values())


def _ratios(times, of_best):
  pairs = [value / of_best[turn] for turn, value in times.items()
           if of_best.get(turn)]
  if len(pairs) >= estimate.LEAST:
    return pairs
  middle = estimate.median(of_best.values())
  return [value / middle for value in times.values()] if middle else []


def _width(of):
  return estimate.width(of) if of else 0.0


def estimates(by_turn):
  """by_turn: {allocator: {turn: time}}. Returns {allocator: estimate}, None
  where the fastest took no time at all."""
  best = min(by_turn,
             key=lambda name: estimate.median(by_turn[name].values()))
  others = [times for name, times in by_turn.items() if name != best]
  found = {name: estimate.estimate(_ratios(times, by_turn[best]))
           for name, times in by_turn.items()}
  alone = list(_in_medians(by_turn[best]).values())
  beside = _beside_others(by_turn[best], others)
  found[best] = min(map(estimate.estimate, (alone, beside)), key=_width)
  return found
