"""Latency of malloc and free: which share of calls takes longer than that.

Takes from: cells. Gives to: page.
"""

from . import cells

# Shares of calls at which a curve is read, six to a decade.
_PER_DECADE = 6
_DECADES = 7


def merge(histograms):
  """Returns (sorted [(upper_ns, count)], max_ns) of several runs' calls."""
  counts, most = {}, 0
  for histogram in histograms:
    for upper, count in histogram.get('buckets') or []:
      counts[upper] = counts.get(upper, 0) + count
    most = max(most, histogram.get('max_ns') or 0)
  return sorted((u, c) for u, c in counts.items() if c > 0), most


def curve(buckets, most):
  """Returns [[ns, share of calls that take longer]], falling, or []."""
  total = sum(count for _, count in buckets)
  points, passed, position = [], 0, 0
  for step in range(_PER_DECADE * _DECADES + 1):
    share = 10 ** (-step / _PER_DECADE)
    if share * total < 1:
      break
    while position < len(buckets) - 1 and (
        total - passed - buckets[position][1] > share * total):
      passed += buckets[position][1]
      position += 1
    points.append([cells.rounded(max(buckets[position][0], 1), 3),
                   cells.rounded(share, 3)])
  if points and most:
    last = [cells.rounded(most, 3), cells.rounded(1 / total, 3)]
    # A bucket's upper end may lie beyond the longest call.
    points = [[min(p[0], last[0]), p[1]] for p in points] + [last]
  return points


def _series(runs, call, names):
  series = []
  for index, name in enumerate(names):
    histograms = [(run.get('latency') or {}).get(call) or {}
                  for run in runs if run.get('allocator') == name]
    points = curve(*merge(histograms))
    if points:
      series.append({'allocator': index, 'points': points})
  return series


def prepare(results, names):
  """Returns [{workload, threads, malloc: [{allocator, points}], free: ...}]."""
  found = {}
  for run in results.get('runs') or []:
    if run.get('latency'):
      found.setdefault((run.get('workload'), run.get('threads')),
                       []).append(run)
  prepared = []
  for workload, threads in cells.ordered(results, found):
    runs = found[workload, threads]
    calls = {call: _series(runs, call, names) for call in ('malloc', 'free')}
    if any(calls.values()):
      prepared.append({'workload': workload, 'threads': threads, **calls})
  return prepared
