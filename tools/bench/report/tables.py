"""The parts of the page that are HTML without a script.

Takes from: cells, units. Gives to: page. Every string of the results passes
`html.escape`.
"""

import html

from . import allocators, cells, units

# A ratio to the best up to the limit has the class of its colour.
STEPS = ((1, 'best', 'best'), (1.1, 'near', 'up to 1.1'),
         (1.5, 'mild', 'up to 1.5'), (2, 'slow', 'up to 2'),
         (4, 'slower', 'up to 4'), (float('inf'), 'slowest', 'more'))


def text(value):
  return html.escape(str(value))


def breakable(name):
  """Escaped, and free to wrap after an underscore."""
  return text(name).replace('_', '_<wbr>')


def step(ratio):
  """Returns the class of a ratio's colour."""
  return next(name for limit, name, _ in STEPS if ratio <= limit)


def definitions(rows):
  return ''.join('<dt>%s</dt><dd>%s</dd>' % (text(label), text(value))
                 for label, value in rows)


def allocator_list(described):
  """The allocators with version, options and file."""
  rows = [(a['name'], ', '.join(x for x in (
      a['version'] or 'version unknown', a['options'], a['file']) if x))
          for a in described]
  return definitions(rows)


def _ratio_cell(ratio, noisy, title):
  if ratio is None:
    return '<td class="none">–</td>'
  # Past 10 the digits behind the point say nothing.
  shown = '%.2f' % ratio if ratio < 9.995 else '%.0f' % ratio
  return '<td class="%s" title="%s">%s%s</td>' % (
      step(ratio), text(title), shown, '~' if noisy else '')


def _matrix_row(key, group, names, fixed=False):
  """fixed: it is shown whatever number of threads was chosen."""
  workload, threads = key
  shares = cells.ratios(group)
  columns = ''.join(_ratio_cell(
      shares.get(name), group.get(name, {}).get('noisy'),
      '%s, %s: %s' % (name, cells.place(*key), units.duration(
          cells.median(group[name], 'ns_per_operation')))
      if name in group else '') for name in names)
  return '<tr %s><th scope="row">%s <small>%s</small></th>%s</tr>' % (
      'class="fixed"' if fixed else 'data-threads="%s"' % threads,
      breakable(workload), '× %d' % threads, columns)


def _mean_row(threads, rows, names):
  """The geometric mean, over the workloads that all allocators ran."""
  whole = [cells.ratios(g) for g in rows if all(name in g for name in names)]
  if len(whole) < 2:
    return ''
  means = [cells.geometric_mean([r[name] for r in whole]) for name in names]
  columns = ''.join(_ratio_cell(mean, False, '%s: geometric mean of %d workloads'
                                % (name, len(whole)))
                    for name, mean in zip(names, means))
  return ('<tr class="mean" data-threads="%s"><th scope="row">geometric mean '
          '<small>× %d</small></th>%s</tr>' % (threads, threads, columns))


def fixed_workloads(results):
  """Returns those with one number of threads in a run in which others have
  several: it is their own and no choice."""
  counts = {}
  for workload, threads in cells.groups(results):
    if threads is not None:
      counts[workload] = counts.get(workload, 0) + 1
  if all(count == 1 for count in counts.values()):
    return set()
  return {workload for workload, count in counts.items() if count == 1}


def thread_counts(results):
  """Returns the thread counts to choose from and the one to begin with: that
  with most cells, of those the largest for which there are processors."""
  processors = (results.get('machine') or {}).get('processors') or float('inf')
  fixed = fixed_workloads(results)
  counts = {}
  for workload, threads in cells.groups(results):
    if threads is not None and workload not in fixed:
      counts[threads] = counts.get(threads, 0) + 1
  chosen = max(counts, key=lambda t: (
      counts[t], t <= processors, t if t <= processors else -t), default=None)
  return sorted(counts), chosen


def matrix(results, names):
  """The table workload x allocator, or ''."""
  compared = {key: group for key, group in cells.groups(results).items()
              if key[1] is not None}
  if not compared:
    return ''
  fixed = fixed_workloads(results)
  rows = [_matrix_row(key, group, names, key[0] in fixed)
          for key, group in compared.items()]
  rows += [_mean_row(t, [g for k, g in compared.items()
                         if k[1] == t and k[0] not in fixed], names)
           for t in thread_counts(results)[0]]
  head = ''.join('<th scope="col"%s><span>%s</span></th>' % (
      ' class="headroom"' if name == allocators.HEADROOM else '', text(name))
                 for name in names)
  return ('<table class="matrix"><thead><tr><th scope="col">workload '
          '<small>× threads</small></th>%s</tr></thead><tbody>%s</tbody></table>'
          % (head, ''.join(rows)) + (
              '<p>Workloads that have only one number of threads are shown beside '
              'each, and are in no mean.</p>' if fixed else ''))


def matrix_key():
  return ''.join('<li><span class="%s">%s</span></li>' % (name, label)
                 for _, name, label in STEPS)


def held_lock(results):
  """The sentence on a lock that the run itself held, or ''."""
  hold = (results.get('settings') or {}).get('hold_lock')
  if not hold:
    return ''
  return ('<p class="warning">The run held a lock itself: --hold-lock %s.</p>' %
          text(hold))


def _measure(cell, measure, show):
  found = cells.interval(cell, measure)
  if not found:
    return '<td class="none">–</td>'
  return '<td>%s <small>%s to %s</small></td>' % (
      show(found[0]), show(found[1]), show(found[2]))


_COLUMNS = (('ns_per_operation', 'time per operation', units.duration),
            ('operations_per_s', 'operations/s', units.rate),
            ('peak_rss_mib', 'peak RSS, MiB', units.number),
            ('cpu_s', 'CPU time, s', units.number))


def all_cells(results):
  """The table of every cell, or ''."""
  rows = []
  for (workload, threads), group in cells.groups(results).items():
    for name, cell in group.items():
      rows.append('<tr><th scope="row">%s</th><td>%s</td><td>%s</td>%s<td>%s</td>'
                  '<td>%s</td></tr>' % (
                      text(workload), '–' if threads is None else threads,
                      text(name), ''.join(_measure(cell, measure, show)
                                          for measure, _, show in _COLUMNS),
                      text(cell.get('runs', '–')),
                      '~ noisy' if cell.get('noisy') else ''))
  head = ''.join('<th scope="col">%s</th>' % title for title in (
      'workload', 'threads', 'allocator', *(c[1] for c in _COLUMNS), 'runs', 'noise'))
  return ('<table><thead><tr>%s</tr></thead><tbody>%s</tbody></table>' %
          (head, ''.join(rows)) if rows else '')


def _change(row):
  notes = ('beyond their intervals' if row.get('outside') else '',
           '~ noisy' if row.get('noisy') else '')
  return '<tr><th scope="row">%s</th><td>%s</td><td>%.3f</td><td>%s</td></tr>' % (
      text(cells.place(row.get('workload'), row.get('threads'))),
      text(row.get('allocator')), row['ratio'], ', '.join(filter(None, notes)))


def comparison(results):
  """The table beside an earlier run, largest changes first, or ''."""
  rows = [row for row in results.get('comparison') or []
          if (row.get('ratio') or 0) > 0]
  rows.sort(key=lambda row: -max(row['ratio'], 1 / row['ratio']))
  head = ''.join('<th scope="col">%s</th>' % title for title in (
      'cell', 'allocator', 'time, as a multiple of then', ''))
  return ('<table><thead><tr>%s</tr></thead><tbody>%s</tbody></table>' % (
      head, ''.join(map(_change, rows))) if rows else '')
