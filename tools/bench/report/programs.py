"""Real programs: the time of an operation, which may be the whole run.

Takes from: cells. Gives to: page.
"""

from . import cells


def prepare(results, names):
  """Returns [{workload, points: [{allocator, ns: [median, low, high], noisy}]}],
  the fastest first."""
  prepared = []
  for (workload, threads), group in cells.groups(results).items():
    if threads is not None:
      continue
    points = [{'allocator': names.index(name),
               'ns': list(cells.interval(cell, 'ns_per_operation')),
               'noisy': int(bool(cell.get('noisy')))}
              for name, cell in group.items()]
    points.sort(key=lambda point: point['ns'][0])
    prepared.append({'workload': workload, 'points': points})
  return prepared
