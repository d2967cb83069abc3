"""Two runs of a benchmark beside each other.

Takes from: nothing. Gives to: main, agree.
"""

# What has to be the same for two runs to be of one machine.
_MACHINE = ('cpu', 'processors', 'kernel', 'thp', 'governor', 'libc',
            'memory_mib')
_FIGURE = 'ns_per_operation'
AGREE_WITHIN = 0.05
AGREE_SHARE = 0.90


def differences(now, before):
  """Returns 'WHAT was A and is B' for what differs between two machines."""
  return ['%s was %s and is %s' % (name, before.get(name), now.get(name))
          for name in _MACHINE if before.get(name) != now.get(name)]


def warnings(now, before):
  """Sentences about why two results should not be compared."""
  sentences = []
  different = differences(now['machine'], before['machine'])
  if different:
    sentences.append('the baseline is of another machine: %s' %
                     ', '.join(different))
  for name in ('seconds',):
    if now['settings'].get(name) != before['settings'].get(name):
      sentences.append("the baseline's %s were %s and are %s" % (
          name, before['settings'].get(name), now['settings'].get(name)))
  return sentences


def _by_place(cells):
  return {(cell['workload'], cell['threads'], cell['allocator']): cell
          for cell in cells}


def _to_best(cell):
  return cell[_FIGURE + '_to_best']['median']


def compare(now, before):
  """now and before: cells. Returns an entry for each that both have.

  ratio: what an operation takes now, of what it took before. of_ratios: the
  same of its multiple of the fastest allocator's time. outside: the intervals
  do not touch. noisy: one of the two cells is.
  """
  earlier = _by_place(before)
  entries = []
  for place, cell in _by_place(now).items():
    if place not in earlier:
      continue
    one, other = cell[_FIGURE], earlier[place][_FIGURE]
    entries.append({
        'workload': place[0], 'threads': place[1], 'allocator': place[2],
        'ratio': one['median'] / other['median'],
        'of_ratios': _to_best(cell) / _to_best(earlier[place]),
        'outside': one['low'] > other['high'] or one['high'] < other['low'],
        'noisy': cell['noisy'] or earlier[place]['noisy'],
    })
  return entries


def changes(entries):
  """Lines for a person: what is outside, the largest first."""
  outside = [entry for entry in entries if entry['outside']]
  outside.sort(key=lambda entry: max(entry['ratio'], 1 / entry['ratio']),
               reverse=True)
  lines = ['%d of %d cells differ from the baseline by more than their '
           'intervals.' % (len(outside), len(entries))]
  for entry in outside:
    threads = entry['threads']
    lines.append('  %s%s, %s: %.2f times the time%s' % (
        entry['workload'], '' if threads is None else ' on %d' % threads,
        entry['allocator'], entry['ratio'],
        ' (noisy)' if entry['noisy'] else ''))
  return lines


def is_far(entry):
  return abs(entry['of_ratios'] - 1) > AGREE_WITHIN


def agreement(entries):
  """Do two runs agree? Returns (holds, sentence).

  They do when the ratios to the fastest allocator, which is what the matrix
  shows, differ by at most AGREE_WITHIN in AGREE_SHARE of the cells, and each of
  the others is marked noisy.
  """
  if not entries:
    return False, 'no cell is in both results'
  far = list(filter(is_far, entries))
  unmarked = [entry for entry in far if not entry['noisy']]
  near = len(entries) - len(far)
  share = near / len(entries)
  holds = share >= AGREE_SHARE and not unmarked
  return holds, (
      '%d of %d cells (%.0f %%) are within %.0f %%; of the other %d, %d are '
      'marked noisy: %s' % (
          near, len(entries), 100 * share, 100 * AGREE_WITHIN, len(far),
          len(far) - len(unmarked),
          'the runs agree' if holds else 'the runs do not agree'))
