"""What the page says before its plots: the verdict, the noise, the machine.

Takes from: cells, allocators. Gives to: page. All text is unescaped.
"""

import shlex

from . import allocators, cells

_MACHINE = (
    ('cpu', 'Processor'), ('processors', 'Logical processors'),
    ('virtual', 'Virtual machine'), ('memory_mib', 'Memory, MiB'), ('kernel', 'Kernel'),
    ('thp', 'Transparent huge pages'), ('governor', 'Frequency governor'),
    ('libc', 'C library'), ('compiler', 'Compiler'),
    ('flags', 'Compiler flags'), ('revision', 'Revision of Headroom'), ('load', 'Load when it started'))


def command(results):
  words = results.get('command') or []
  return words if isinstance(words, str) else shlex.join(map(str, words))


def machine(results):
  """Returns [(label, value)] of what is known."""
  known = results.get('machine') or {}
  rows = [(label, known[key]) for key, label in _MACHINE
          if known.get(key) not in (None, '')]
  listed = dict(_MACHINE)
  rows += [(key, value) for key, value in known.items()
           if key not in listed and value not in (None, '')]
  return [(label, ' '.join(map(str, value)) if isinstance(value, list)
           else str(value)) for label, value in rows]


def _counted(number, one, many=None):
  return '%d %s' % (number, one if number == 1 else many or one + 's')


def machine_in_short(results):
  """Returns the line of what matters most."""
  known = results.get('machine') or {}
  parts = [known.get('cpu')]
  if known.get('processors'):
    parts.append(_counted(known['processors'], 'logical processor'))
  if known.get('kernel'):
    parts.append('Linux %s' % known['kernel'])
  return ', '.join(str(part) for part in parts if part) or 'unknown'


def allocators_in_short(described):
  """Returns 'name version, name version'."""
  return ', '.join(('%s %s' % (a['name'], a['version'])).strip()
                   for a in described)


def verdict(results):
  """Returns the sentences that sum the run up."""
  compared = {key: group for key, group in cells.groups(results).items()
              if len(group) > 1 and allocators.HEADROOM in group}
  if not compared:
    return 'Headroom was not measured beside another allocator in this run.'
  wins, close, fastest, worst = 0, 0, {}, (1, None, None)
  for key, group in compared.items():
    name = cells.best(group)[0]
    if name == allocators.HEADROOM:
      wins += 1
      continue
    fastest[name] = fastest.get(name, 0) + 1
    close += cells.overlap(group[allocators.HEADROOM], group[name])
    worst = max(worst, (cells.ratios(group)[allocators.HEADROOM], key, name),
                key=lambda loss: loss[0])
  text = 'Headroom is fastest in %d of %s' % (
      wins, _counted(len(compared), 'cell'))
  text += ('; in %d more its interval overlaps that of the fastest. ' % close
           if close else '. ')
  if not fastest:
    return text + 'It loses nowhere.'
  ratio, key, name = worst
  text += 'Worst loss: %s, %.2f times the time of %s. ' % (
      cells.place(*key), ratio, name)
  others = sorted(fastest.items(), key=lambda item: (-item[1], item[0]))
  return text + 'Fastest elsewhere: %s.' % ', '.join(
      '%s (%d)' % item for item in others)


def noise(results):
  """Returns the sentences on how far the figures can be trusted."""
  settings = results.get('settings') or {}
  measured = results.get('cells') or []
  noisy = sum(bool(cell.get('noisy')) for cell in measured)
  text = '%d of %s noisy (marked ~).' % (
      noisy, _counted(len(measured), 'cell is', 'cells are'))
  if settings.get('repeats'):
    text = '%s of each cell, all allocators in turns; ' % _counted(
        settings['repeats'], 'run') + text
  if settings.get('confidence'):
    text += (' Figures are medians; intervals hold the true median with %.4g %%'
             ' confidence.' % (100 * settings['confidence']))
  loops = sorted(run['calibration_ns'] for run in results.get('runs') or []
                 if run.get('calibration_ns'))
  if len(loops) > 1:
    middle = loops[len(loops) // 2]
    text += (' The same calibration loop between runs took %.0f %% less to'
             ' %.0f %% more than its median.' %
             (100 * (1 - loops[0] / middle), 100 * (loops[-1] / middle - 1)))
  return text


def interruption(results):
  """Returns a sentence when the run was cut short, else ''."""
  if not results.get('interrupted'):
    return ''
  return ('This run was interrupted: cells that were not reached are missing,'
          ' others have fewer runs than asked for.')
