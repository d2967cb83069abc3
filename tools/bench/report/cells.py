"""Cells: a workload on a number of threads under an allocator.

Takes from: results. Gives to: headline, matrix, scaling, memory, programs.
"""

import math


def median(cell, measure):
  """Returns a positive finite median, or None."""
  value = (cell.get(measure) or {}).get('median')
  usable = isinstance(value, (int, float)) and math.isfinite(value) and value > 0
  return value if usable else None


def interval(cell, measure):
  """Returns (median, low, high), rounded for a plot, or None."""
  middle = median(cell, measure)
  if middle is None:
    return None
  values = cell[measure]
  return tuple(rounded(values.get(end) or middle)
               for end in ('median', 'low', 'high'))


def rounded(value, digits=4):
  """Returns the value with some significant digits: a page stays small."""
  return float('%.*g' % (digits, value)) if value else 0


def is_program(cell):
  return cell.get('threads') is None


def order(results):
  """Returns the workloads' names as the run had them."""
  named = (results.get('settings') or {}).get('workloads') or []
  found = [c.get('workload') for c in results.get('cells') or []]
  found += [r.get('workload') for r in results.get('runs') or []]
  return [w for w in dict.fromkeys(named + found) if w and w in found]


def groups(results):
  """Returns {(workload, threads): {allocator: cell}} of cells with a time."""
  position = {name: i for i, name in enumerate(order(results))}
  found = {}
  for cell in results.get('cells') or []:
    if median(cell, 'ns_per_operation') is not None:
      key = (cell.get('workload'), cell.get('threads'))
      found.setdefault(key, {})[cell.get('allocator')] = cell
  return dict(sorted(found.items(), key=lambda item: (
      item[0][1] is None, position[item[0][0]], item[0][1] or 0)))


def best(group):
  """Returns (allocator, ns) of the fastest."""
  return min(((name, median(cell, 'ns_per_operation'))
              for name, cell in group.items()), key=lambda pair: pair[1])


def ratios(group):
  """Returns {allocator: time as a multiple of the fastest's}.

  Of runs in the same turn; of the medians where the results do not say that.
  """
  fastest = best(group)[1]
  return {name: median(cell, 'ns_per_operation_to_best') or
                median(cell, 'ns_per_operation') / fastest
          for name, cell in group.items()}


def geometric_mean(values):
  return math.exp(sum(map(math.log, values)) / len(values))


def overlap(one, other, measure='ns_per_operation'):
  """Whether two cells' intervals meet: the run cannot tell them apart."""
  a, b = interval(one, measure), interval(other, measure)
  return a[1] <= b[2] and b[1] <= a[2]


def place(workload, threads):
  """Returns the words for a cell: 'larson on 8 threads'."""
  if threads is None:
    return str(workload)
  return '%s on %d thread%s' % (workload, threads, '' if threads == 1 else 's')


def ordered(results, keys):
  """Returns the (workload, threads) in the run's order."""
  position = {name: i for i, name in enumerate(order(results))}
  return sorted(keys, key=lambda key: (position[key[0]], key[1] or 0))
