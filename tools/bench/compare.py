"""Two runs of a benchmark beside each other.

Takes from: alike. Gives to: main, agree.
"""

import alike

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


def _fastest(cells):
  """{(workload, threads): allocator}"""
  found = {}
  for cell in cells:
    place = cell['workload'], cell['threads']
    if place not in found or _to_best(cell) < _to_best(found[place]):
      found[place] = cell
  return {place: cell['allocator'] for place, cell in found.items()}


def compare(now, before):
  """now and before: results. Returns an entry for each cell that both have.

  ratio: what an operation takes now, of what it took before. of_ratios: the
  same of its multiple of the fastest allocator's time. of_alike: that of rounds
  in which the machine was as fast, to the allocator that was the fastest before;
  of_ratios where there are none. outside: the intervals do not touch. noisy: one
  of the two cells is.
  """
  earlier = _by_place(before['cells'])
  fastest = _fastest(before['cells'])
  rounds = alike.Alike(now, before)
  entries = []
  for place, cell in _by_place(now['cells']).items():
    if place not in earlier:
      continue
    one, other = cell[_FIGURE], earlier[place][_FIGURE]
    of_ratios = _to_best(cell) / _to_best(earlier[place])
    moved = rounds.moved(place[:2], place[2], fastest[place[:2]])
    entries.append({
        'workload': place[0], 'threads': place[1], 'allocator': place[2],
        'ratio': one['median'] / other['median'],
        'of_ratios': of_ratios,
        'of_alike': of_ratios if moved is None else moved,
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
    lines.append("  %s%s, %s: %.2f times the time, %.2f times as a multiple of "
                 "the fastest's%s" % (
                     entry['workload'],
                     '' if threads is None else ' on %d' % threads,
                     entry['allocator'], entry['ratio'], entry['of_alike'],
                     ' (noisy)' if entry['noisy'] else ''))
  return lines


def _within(ratio):
  return abs(ratio - 1) <= AGREE_WITHIN


def is_far(entry):
  return not _within(entry['of_alike'])


def agreement(entries):
  """Do two runs agree? Returns (holds, sentence).

  They do when the ratios to the fastest allocator, of rounds in which the
  machine was as fast, differ by at most AGREE_WITHIN in AGREE_SHARE of the
  cells, and each of the others is marked noisy. The sentence has the share of
  all rounds, too: what the matrices of the two reports show.
  """
  if not entries:
    return False, 'no cell is in both results'
  far = list(filter(is_far, entries))
  unmarked = [entry for entry in far if not entry['noisy']]
  near = len(entries) - len(far)
  of_all_rounds = sum(_within(entry['of_ratios']) for entry in entries)
  holds = near / len(entries) >= AGREE_SHARE and not unmarked
  return holds, (
      '%d of %d cells (%.0f %%) are within %.0f %% where the machine was as '
      'fast, %d (%.0f %%) of all rounds; of the other %d, %d are marked noisy: '
      '%s' % (
          near, len(entries), 100 * near / len(entries), 100 * AGREE_WITHIN,
          of_all_rounds, 100 * of_all_rounds / len(entries), len(far),
          len(far) - len(unmarked),
          'the runs agree' if holds else 'the runs do not agree'))
