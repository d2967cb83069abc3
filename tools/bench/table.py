"""The table at the end: a row for each workload and number of threads.

Takes from: nothing. Gives to: main.
"""

_BEST = '*'
_NOISY = '~'


def align(rows, left=(0,)):
  """Returns lines; columns but those in `left` are right-aligned."""
  widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

  def fill(row):
    return '  '.join(cell.ljust(width) if i in left else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths)))

  return [fill(row).rstrip() for row in rows]


def rows_of(cells):
  """{(workload, threads): {allocator: cell}}, in the cells' order."""
  rows = {}
  for cell in cells:
    key = (cell['workload'], cell['threads'])
    rows.setdefault(key, {})[cell['allocator']] = cell
  return rows


def against_best(row, others, figure):
  """Headroom's figure as a multiple of the best other's, with its name."""
  rivals = [name for name in others if name in row]
  if 'headroom' not in row or not rivals:
    return None, ''
  ratios = {name: row[name][figure + '_to_best'] for name in rivals}
  ratios = {name: found['median'] for name, found in ratios.items() if found}
  own = row['headroom'][figure + '_to_best']
  if not ratios or not own:
    return None, ''
  best = min(ratios, key=ratios.get)
  return own['median'] / ratios[best], best


def number(value):
  """A time in ns, from 10 us on in a larger unit."""
  for unit, size, least in (('s', 1e9, 1e9), ('ms', 1e6, 1e6),
                            ('us', 1e3, 1e4)):
    if value >= least:
      return '%.4g%s' % (value / size, unit)
  return '%.1f' % value


def _entry(row, name, figure, best):
  if name not in row:
    return '-'
  cell = row[name]
  return '%s%s%s (%.0f)' % (
      _NOISY if cell['noisy'] else '', _BEST if name == best else '',
      number(cell[figure]['median']), cell['peak_rss_mib']['median'])


def _place(workload, threads):
  return workload if threads is None else '%s on %d' % (workload, threads)


def _summary(ratios):
  """ratios: (ratio, place, best other) of every row that has one."""
  wins = sum(ratio <= 1 for ratio, _, _ in ratios)
  lines = ['Headroom is best in %d of %d cells.' % (wins, len(ratios))]
  ratio, place, best = max(ratios)
  if ratio > 1:
    lines.append('Worst loss: %s, %.2f times %s.' % (place, ratio, best))
  ratio, place, best = min(ratios)
  if ratio < 1:
    lines.append('Best win: %s, %.2f times %s.' % (place, ratio, best))
  return ' '.join(lines)


def lines(results, cpu=False):
  """results: as in results.json."""
  cells = results['cells']
  if not cells:
    return ['nothing was measured']
  figure = 'cpu_ns_per_operation' if cpu else 'ns_per_operation'
  names = [one['name'] for one in results['allocators']]
  others = [one['name'] for one in results['allocators']
            if not one['headroom']]
  table = [['workload', 'threads'] + names + ['headroom/best other']]
  ratios = []
  for (workload, threads), row in rows_of(cells).items():
    best = min(row, key=lambda name, row=row: row[name][figure]['median'])
    ratio, rival = against_best(row, others, figure)
    if ratio is not None:
      ratios.append((ratio, _place(workload, threads), rival))
    table.append([workload, '' if threads is None else str(threads)] +
                 [_entry(row, name, figure, best) for name in names] +
                 ['' if ratio is None else '%.2f' % ratio])
  text = ['%s time of an operation in ns, in brackets peak RSS in MiB; '
          '%s best, %s noisy' % ('CPU' if cpu else 'Wall', _BEST, _NOISY), '']
  text += align(table)
  if ratios:
    text += ['', _summary(ratios)]
  return text
