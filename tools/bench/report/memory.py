"""RSS against time, and throughput against peak RSS.

Takes from: cells. Gives to: page.
"""

from . import cells

_MOST_POINTS = 48


def thinned(series):
  """Returns [[ms, MiB]]: of each slot of time the highest, so that no peak is
  lost."""
  series = sorted(pair for pair in series if len(pair) == 2)
  if not series:
    return []
  start, end = series[0][0], series[-1][0]
  width = (end - start) / _MOST_POINTS or 1
  slots = {}
  for ms, kib in series:
    slot = min(int((ms - start) / width), _MOST_POINTS - 1)
    if slot not in slots or kib > slots[slot][1]:
      slots[slot] = (ms, kib)
  return [[cells.rounded(ms), cells.rounded(kib / 1024)]
          for ms, kib in slots.values()]


def _typical(runs):
  """The run whose peak is the median."""
  ranked = sorted(runs, key=lambda run: max(kib for _, kib in run['rss']))
  return ranked[len(ranked) // 2]


def over_time(results, names):
  """Returns [{workload, threads, series: [{allocator, points}]}]."""
  found = {}
  for run in results.get('runs') or []:
    if run.get('rss') and run.get('allocator') in names:
      key = (run.get('workload'), run.get('threads'))
      found.setdefault(key, {}).setdefault(run['allocator'], []).append(run)
  return [{'workload': key[0], 'threads': key[1], 'series': [
      {'allocator': names.index(name),
       'points': thinned(_typical(found[key][name])['rss'])}
      for name in names if name in found[key]]}
          for key in cells.ordered(results, found)]


def _overall(prepared, names):
  """One point an allocator: geometric means of ratios to the best, over the
  cells that all have."""
  whole = [p for p in prepared if len(p['points']) == len(names)]
  if len(whole) < 2:
    return []
  rates, sizes = ([[] for _ in names] for _ in range(2))
  for cell in whole:
    fastest = max(point['rate'][0] for point in cell['points'])
    smallest = min(point['rss'][0] for point in cell['points'])
    for point in cell['points']:
      rates[point['allocator']].append(point['rate'][0] / fastest)
      sizes[point['allocator']].append(point['rss'][0] / smallest)
  return [{'workload': None, 'threads': None, 'cells': len(whole), 'points': [
      {'allocator': index,
       'rate': [cells.rounded(cells.geometric_mean(rates[index]))] * 3,
       'rss': [cells.rounded(cells.geometric_mean(sizes[index]))] * 3}
      for index in range(len(names))]}]


def against_throughput(results, names):
  """Returns [{workload, threads, points: [{allocator, rss: [median, low, high],
  rate: ...}]}], all cells together first, its workload None."""
  prepared = []
  for (workload, threads), group in cells.groups(results).items():
    points = []
    for name in names:
      rss = cells.interval(group.get(name, {}), 'peak_rss_mib')
      rate = cells.interval(group.get(name, {}), 'operations_per_s')
      if rss and rate:
        points.append({'allocator': names.index(name), 'rss': list(rss),
                       'rate': list(rate)})
    if points and threads is not None:
      prepared.append({'workload': workload, 'threads': threads,
                       'points': points})
  return _overall(prepared, names) + prepared
