"""How a ratio moved between two runs, in rounds equally fast in both.

Takes from: cells, estimate. Gives to: compare.
A ratio is another one when neighbours use the caches and the other half of the
core, and two runs have such rounds in different shares. So the rounds of both
are put into five strata by how long the other allocators took, which are the
same files in both runs, and ratios are compared within each stratum (Cochran,
The effectiveness of adjustment by subclassification, Biometrics 24, 1968: five
remove up to 90 % of what the covariate does). Neither of the two allocators of a
ratio decides about its strata, so what changed in them shows.
"""

import bisect
import math

import cells
import estimate

STRATA = 5
# Another allocator tells how fast a round was when it had nearly all turns.
_MOST = 0.9


def same_files(now, before):
  """Names of the allocators that are the same file with the same options."""
  def kinds(results):
    return {(one['name'], one['sha256'], one['options'])
            for one in results.get('allocators', ())}
  return {name for name, _, _ in kinds(now) & kinds(before)}


def _times_by_place(results):
  """{(workload, threads): {allocator: {turn: [times]}}}"""
  places = {}
  for run in results.get('runs', ()):
    if run['kind'] in cells.MEASURED:
      of_place = places.setdefault((run['workload'], run['threads']), {})
      of_place.setdefault(run['allocator'], {})[run['repeat']] = (
          cells.slices(run))
  return places


def _turns(times, names):
  """The turns that all of them had."""
  return set.intersection(*(set(times.get(name, ())) for name in names))


def _others(times, pair, candidates):
  """Those that had nearly all turns of the pair."""
  least = _MOST * len(_turns(times, pair))
  return {name for name in candidates
          if len(_turns(times, (*pair, name))) >= least}


def _rounds(times, pair, others):
  """[(mean log time of the others, log ratio of the pair)] of each round."""
  names = (*pair, *others)
  found = []
  for turn in sorted(_turns(times, names)):
    for of_round in zip(*(times[name][turn] for name in names)):
      if all(of_round):
        one, reference, *speeds = map(math.log, of_round)
        found.append((sum(speeds) / len(speeds), one - reference))
  return found


def _strata(rounds, limits):
  found = [[] for _ in range(len(limits) + 1)]
  for speed, ratio in rounds:
    found[bisect.bisect_right(limits, speed)].append(ratio)
  return found


def _moved(now, before):
  """now, before: [(speed, log ratio)]. Returns the log of ratio now / before,
  None where no stratum has enough rounds of both."""
  speeds = sorted(speed for speed, _ in now + before)
  limits = [speeds[len(speeds) * i // STRATA] for i in range(1, STRATA)]
  total = weights = 0.0
  for mine, theirs in zip(_strata(now, limits), _strata(before, limits)):
    if min(len(mine), len(theirs)) < estimate.LEAST:
      continue
    # As much as the difference of two means of so many tells.
    weight = 1 / (1 / len(mine) + 1 / len(theirs))
    total += weight * (estimate.median(mine) - estimate.median(theirs))
    weights += weight
  return total / weights if weights else None


class EqualSpeed:
  """now, before: results; without runs and allocators nothing is known."""

  def __init__(self, now, before):
    self._same = same_files(now, before)
    self._runs = _times_by_place(now), _times_by_place(before)

  def moved(self, place, allocator, reference):
    """The allocator's multiple of the reference's time, now by what it was.

    None where there are not enough turns and rounds, or no other allocator to
    tell how fast the machine was. place: (workload, threads).
    """
    pair = allocator, reference
    both = [times.get(place, {}) for times in self._runs]
    if any(len(_turns(times, pair)) < estimate.LEAST for times in both):
      return None
    others = self._same - set(pair)
    for times in both:
      others = _others(times, pair, others)
    if not others:
      return None
    rounds = [_rounds(times, pair, sorted(others)) for times in both]
    log = _moved(*rounds) if all(rounds) else None
    return None if log is None else math.exp(log)
