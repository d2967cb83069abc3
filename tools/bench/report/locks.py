"""Lock waits and holds by lock class, and the hit rates of the tiers.

Takes from: cells. Gives to: page.
"""

from . import cells

# More rows than this on a plot and nobody reads them: the locks with the
# longest waits stay, the rest become one row.
_MOST_ROWS = 24
_BY_SIZE = 'central_free_list'
_TIERS = ('thread_cache', 'central', 'page_heap')


def _label(lock):
  """Short, for an axis: the central free list's classes by their size."""
  if lock.get('size_class') is None:
    return str(lock.get('class')).replace('_', ' ')
  size = ('%s B' % lock['bytes'] if lock.get('bytes')
          else 'class %s' % lock['size_class'])
  return (size if lock.get('class') == _BY_SIZE else
          '%s, %s' % (str(lock.get('class')).replace('_', ' '), size))


def _add(into, pairs):
  for exponent, count in pairs or []:
    into[exponent] = into.get(exponent, 0) + count


def _waited(row):
  return sum(count * 2 ** exponent for exponent, count in row['wait'].items())


def _folded(rows):
  """Keeps the locks that were waited for longest."""
  ranked = sorted(rows, key=lambda row: (-_waited(row), -row['acquisitions']))
  keep = ranked[:_MOST_ROWS]
  kept = [row for row in rows if any(row is one for one in keep)]
  rest = ranked[_MOST_ROWS:]
  if rest:
    sums = {'label': '%d others' % len(rest), 'class': 'others',
            'acquisitions': 0, 'contended': 0, 'wait': {}, 'hold': {}}
    for row in rest:
      for key in ('acquisitions', 'contended'):
        sums[key] += row[key]
      for key in ('wait', 'hold'):
        _add(sums[key], row[key].items())
    kept.append(sums)
  return kept


def rows(measures):
  """Returns the locks of several runs, added up: named ones, then sizes."""
  found = {}
  for one in measures:
    for lock in one.get('locks') or []:
      key = (lock.get('size_class') is not None, str(lock.get('class')),
             lock.get('size_class') or 0)
      row = found.setdefault(key, {
          'label': _label(lock), 'class': str(lock.get('class')),
          'acquisitions': 0, 'contended': 0, 'wait': {}, 'hold': {}})
      for field in ('acquisitions', 'contended'):
        row[field] += lock.get(field) or 0
      _add(row['wait'], lock.get('wait_ns_log2'))
      _add(row['hold'], lock.get('hold_ns_log2'))
  return [found[key] for key in sorted(found)]


def _classes(locks):
  """Returns [[class, acquisitions, contended]], all sizes of a class as one."""
  sums = {}
  for row in locks:
    total = sums.setdefault(row['class'], [0, 0])
    total[0] += row['acquisitions']
    total[1] += row['contended']
  return [[name.replace('_', ' '), *sums[name]] for name in sums]


def _tiers(measures):
  """Returns [[tier, hits, misses]]."""
  sums = {}
  for one in measures:
    for name, counts in (one.get('tiers') or {}).items():
      total = sums.setdefault(name, [0, 0])
      total[0] += counts.get('hits') or 0
      total[1] += counts.get('misses') or 0
  known = [name for name in _TIERS if name in sums]
  return [[name.replace('_', ' '), *sums[name]]
          for name in known + [n for n in sums if n not in known]]


def prepare(results):
  """Returns [{workload, threads, rows: [{label, wait: [[exponent, count]],
  hold}], classes, tiers}]."""
  found = {}
  for run in results.get('runs') or []:
    if run.get('measures'):
      found.setdefault((run.get('workload'), run.get('threads')),
                       []).append(run['measures'])
  prepared = []
  for workload, threads in cells.ordered(results, found):
    locks = rows(found[workload, threads])
    prepared.append({
        'workload': workload, 'threads': threads,
        'rows': [{'label': row['label'],
                  'wait': sorted(map(list, row['wait'].items())),
                  'hold': sorted(map(list, row['hold'].items()))}
                 for row in _folded(locks)],
        'classes': _classes(locks),
        'tiers': _tiers(found[workload, threads])})
  return prepared
