"""Two runs of a benchmark beside each other.

Takes from: equal_speed. Gives to: main, agree.
"""

import equal_speed

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


def _references(places, earlier, same):
  """{(workload, threads): [allocators of both runs]}, the fastest before first,
  but those that are another file now after all others."""
  found = {}
  for place in places:
    if place in earlier:
      found.setdefault(place[:2], []).append(place[2])
  for of_place, names in found.items():
    names.sort(key=lambda name, at=of_place: (
        name not in same, _to_best(earlier[(*at, name)])))
  return found


def _reference(names, allocator):
  """The fastest; its own reference is the next one."""
  return next((name for name in names if name != allocator), None)


def compare(now, before):
  """now and before: results. Returns an entry for each cell that both have.

  ratio: what an operation takes now, of what it took before. of_ratios: the
  same of its multiple of the time of a reference, which both runs have: the
  fastest, whose own is the next one; ratio where there is none. at_equal_speed:
  of_ratios in rounds that were equally fast in both runs, None where too few
  were. outside: the intervals do not touch. noisy: one of the two cells is; the
  fastest's also when that of its reference is, whose ratio it shares.
  """
  cells, earlier = _by_place(now['cells']), _by_place(before['cells'])
  references = _references(cells, earlier, equal_speed.same_files(now, before))
  rounds = equal_speed.EqualSpeed(now, before)
  entries = []
  for place, cell in cells.items():
    if place not in earlier:
      continue
    one, other = cell[_FIGURE], earlier[place][_FIGURE]
    entry = {
        'workload': place[0], 'threads': place[1], 'allocator': place[2],
        'ratio': one['median'] / other['median'], 'at_equal_speed': None,
        'outside': one['low'] > other['high'] or one['high'] < other['low'],
        'noisy': cell['noisy'] or earlier[place]['noisy'],
    }
    entry['of_ratios'] = entry['ratio']
    names = references[place[:2]]
    reference = _reference(names, place[2])
    if reference:
      beside = (*place[:2], reference)
      if place[2] == names[0]:
        entry['noisy'] |= cells[beside]['noisy'] or earlier[beside]['noisy']
      entry['of_ratios'] = (
          _to_best(cell) / _to_best(cells[beside]) /
          (_to_best(earlier[place]) / _to_best(earlier[beside])))
      entry['at_equal_speed'] = rounds.moved(place[:2], place[2], reference)
    entries.append(entry)
  return entries


def moved(entry):
  """How the cell's ratio moved, by the best that is known."""
  at_equal_speed = entry['at_equal_speed']
  return entry['of_ratios'] if at_equal_speed is None else at_equal_speed


def changes(entries):
  """Lines for a person: what changed beside the fastest, the largest first."""
  outside = [entry for entry in entries if entry['outside']]
  far = sorted((entry for entry in outside if not _within(moved(entry))),
               reverse=True,
               key=lambda entry: max(moved(entry), 1 / moved(entry)))
  lines = ['%d of %d cells differ from the baseline by more than their '
           'intervals, %d of them by more than %.0f %% beside the fastest.' % (
               len(outside), len(entries), len(far), 100 * AGREE_WITHIN)]
  for entry in far:
    threads = entry['threads']
    lines.append('  %s%s, %s: %.2f times the time, %.2f times beside the '
                 'fastest%s' % (
                     entry['workload'],
                     '' if threads is None else ' on %d' % threads,
                     entry['allocator'], entry['ratio'], moved(entry),
                     ' (noisy)' if entry['noisy'] else ''))
  return lines


def _within(ratio):
  return abs(ratio - 1) <= AGREE_WITHIN


def is_far(entry):
  return not _within(entry['of_ratios'])


def _share(count, entries):
  return '%d of %d cells (%.0f %%)' % (count, len(entries),
                                       100 * count / len(entries))


def agreement(entries):
  """Do two runs agree? Returns (holds, sentence).

  They do when the ratios to the fastest allocator, of all rounds, differ by at
  most AGREE_WITHIN in AGREE_SHARE of the cells, and each of the others is marked
  noisy. How many do in equally fast rounds says what part neighbours had in it.
  """
  if not entries:
    return False, 'no cell is in both results'
  far = list(filter(is_far, entries))
  unmarked = [entry for entry in far if not entry['noisy']]
  near = len(entries) - len(far)
  holds = near / len(entries) >= AGREE_SHARE and not unmarked
  known = [entry for entry in entries if entry['at_equal_speed'] is not None]
  alike = sum(_within(entry['at_equal_speed']) for entry in known)
  return holds, (
      '%s are within %.0f %%; of the other %d, %d are marked noisy: %s%s' % (
          _share(near, entries), 100 * AGREE_WITHIN, len(far),
          len(far) - len(unmarked),
          'the runs agree' if holds else 'the runs do not agree',
          '; in equally fast rounds %s are' % _share(alike, known)
          if known else ''))
