"""How a ratio moved between two runs, of rounds in which the machine was as fast.

Takes from: cells, estimate. Gives to: compare.
A ratio is another one when neighbours use the caches and the other half of the
core, and two runs have such rounds in different shares. So the rounds of both
are put into five strata by how long the other allocators took, which are the
same files in both runs, and ratios are compared within each stratum (Cochran,
The effectiveness of adjustment by subclassification, Biometrics 24, 1968: five
remove 90 % of what the covariate does). Neither of the two allocators of a ratio
decides about its strata, so what changed in them shows.
"""

import bisect
import math

import cells
import estimate

STRATA = 5


def _same_files(now, before):
  """Names of the allocators that are the same file with the same options."""
  def kinds(results):
    return {(one['name'], one['sha256'], one['options'])
            for one in results.get('allocators', ())}
  return {name for name, _, _ in kinds(now) & kinds(before)}


def _rounds(of_one):
  """of_one: {allocator: {turn: [times]}}. Returns [{allocator: log time}] of
  those rounds that all allocators had."""
  turns = set.intersection(*map(set, of_one.values()))
  found = []
  for turn in sorted(turns):
    for times in zip(*(by_turn[turn] for by_turn in of_one.values())):
      if all(times):
        found.append(dict(zip(of_one, map(math.log, times))))
  return found


def _by_place(results):
  """{(workload, threads): {allocator: {turn: [times]}}}"""
  places = {}
  for run in results.get('runs', ()):
    if run['kind'] in cells.MEASURED:
      of_place = places.setdefault((run['workload'], run['threads']), {})
      of_place.setdefault(run['allocator'], {})[run['repeat']] = (
          cells.slices(run))
  return places


def _with_speed(rounds, pair, others):
  """[(mean log time of the others, log ratio of the pair)]"""
  one, best = pair
  return [(sum(times[name] for name in others) / len(others),
           times[one] - times[best]) for times in rounds]


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


class Alike:
  """now, before: results with runs and allocators; without, nothing is known."""

  def __init__(self, now, before):
    self._same = _same_files(now, before)
    self._now, self._before = _by_place(now), _by_place(before)

  def moved(self, place, allocator, best):
    """The allocator's multiple of best's time, now by what it was before.

    None where there are not enough rounds, or no other allocator to tell how
    fast the machine was. place: (workload, threads).
    """
    both = [runs.get(place, {}) for runs in (self._now, self._before)]
    others = set.intersection(self._same, *map(set, both)) - {allocator, best}
    wanted = others | {allocator, best}
    if allocator == best or not others or any(wanted - set(of) for of in both):
      return None
    rounds = [_with_speed(_rounds({name: of[name] for name in sorted(wanted)}),
                          (allocator, best), sorted(others)) for of in both]
    log = _moved(*rounds) if all(rounds) else None
    return None if log is None else math.exp(log)
