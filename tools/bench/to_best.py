"""Times as multiples of the fastest allocator's.

Takes from: estimate. Gives to: cells.
Of slices in the same round, if there are enough turns: what slows the machine
down slows all slices of a round down, and leaves their ratios. A cell has the
median of all its rounds; the interval is that of the medians of up to BATCHES
parts of the run, one after the other: rounds of one turn, on the same processes,
are alike, and so are turns of the same minutes, because a ratio is another one
beside other neighbours (batch means: Law, Simulation Modeling and Analysis, 2015).
The fastest's own median is 1; its interval is that of its times, or of its times
beside the others' in the same turn, whichever is narrower.
"""

import math

import estimate

# The second and the last but one of 9, the third and the last but two of 12 hold
# the median with 96 %.
BATCHES = 12


def _geometric_mean(values):
  return math.exp(sum(map(math.log, values)) / len(values)) if values else 1.0


def _medians(slices):
  return {turn: estimate.median(of_turn) for turn, of_turn in slices.items()}


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


def _batches(rounds):
  """Returns the rounds of each batch: of turns that followed each other."""
  batches = [[] for _ in range(min(BATCHES, len(rounds)))]
  for i, of_turn in enumerate(rounds):
    batches[i * len(batches) // len(rounds)] += of_turn
  return batches


def _of_rounds(rounds):
  """rounds: those of each turn, in order."""
  found = estimate.estimate(list(map(estimate.median, _batches(rounds))))
  middle = estimate.median([ratio for of_turn in rounds for ratio in of_turn])
  return {'median': middle, 'low': min(middle, found['low']),
          'high': max(middle, found['high'])}


def _ratios(slices, of_best):
  rounds = [[one / best for one, best in zip(of_turn, of_best.get(turn, ()))
             if best] for turn, of_turn in sorted(slices.items())]
  rounds = [of_turn for of_turn in rounds if of_turn]
  if len(rounds) >= estimate.LEAST:
    return _of_rounds(rounds)
  middle = estimate.median(_medians(of_best).values())
  return estimate.estimate([time / middle for time in _medians(slices).values()]
                           if middle else [])


def _width(of):
  return estimate.width(of) if of else 0.0


def _beside(best, by_turn, times):
  others = [of_one for name, of_one in times.items() if name != best]
  found = {name: _ratios(slices, by_turn[best])
           for name, slices in by_turn.items()}
  alone = list(_in_medians(times[best]).values())
  beside = _beside_others(times[best], others)
  found[best] = min(map(estimate.estimate, (alone, beside)), key=_width)
  return found


def estimates(by_turn):
  """by_turn: {allocator: {turn: [time of each slice]}}. Returns {allocator:
  estimate}, None where the fastest took no time at all."""
  times = {name: _medians(slices) for name, slices in by_turn.items()}
  best = min(times, key=lambda name: estimate.median(times[name].values()))
  found = _beside(best, by_turn, times)
  # In rounds another one may be faster than it is by its times alone.
  faster = min(filter(found.get, found), default=best,
               key=lambda name: found[name]['median'])
  return found if faster == best else _beside(faster, by_turn, times)
