"""Throughput against threads, one plot for each workload.

Takes from: cells. Gives to: page.
"""

from . import cells


def _ideal(series, processors):
  """The fastest at the fewest threads, times threads, as far as there are
  processors for them."""
  threads = sorted({point[0] for one in series for point in one['points']})
  first = threads[0]
  start = max(point[1] for one in series for point in one['points']
              if point[0] == first)
  limit = max(processors or threads[-1], first)
  return [[t, cells.rounded(start * min(t, limit) / first)] for t in threads]


def prepare(results, names):
  """Returns [{workload, ideal: [[threads, operations/s]], series: [{allocator,
  points: [[threads, median, low, high, noisy]]}]}]."""
  plots = {}
  for (workload, threads), group in cells.groups(results).items():
    if threads is None:
      continue
    for name, cell in group.items():
      interval = cells.interval(cell, 'operations_per_s')
      if interval:
        plots.setdefault(workload, {}).setdefault(name, []).append(
            [threads, *interval, int(bool(cell.get('noisy')))])
  processors = (results.get('machine') or {}).get('processors')
  prepared = []
  for workload, lines in plots.items():
    series = [{'allocator': names.index(name), 'points': lines[name]}
              for name in names if name in lines]
    prepared.append({'workload': workload, 'series': series,
                     'ideal': _ideal(series, processors)})
  return prepared
