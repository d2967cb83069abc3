"""Runs into cells: one allocator, one workload, one number of threads.

Takes from: estimate, to_best, calibration. Gives to: main, table, equal_speed.
Invariant: operations_per_s * ns_per_operation = 1e9 in each run, which has the
  median of its slices; a cell's medians are taken of each figure on its own, of
  the runs without noise where there are enough. Ratios of slices are of all runs:
  noise hits all allocators of a round alike.
"""

import calibration
import estimate
import to_best

_NS = 1e9
# Kinds of runs that cells are made of.
MEASURED = ('throughput', 'program')
_TIMES = ('ns_per_operation', 'cpu_ns_per_operation')


def slices(run):
  """ns an operation in each slice; a run without slices is one."""
  taken = run.get('slices') or [(run['operations'], run['wall_s'] * _NS)]
  return [ns / max(1, operations) for operations, ns in taken]


def figures(run):
  """The figures of one run, as cells have them."""
  cpu_s = run['user_s'] + run['system_s']
  ns = estimate.median(slices(run))
  return {
      'ns_per_operation': ns,
      'cpu_ns_per_operation': cpu_s * _NS / run['operations'],
      'operations_per_s': _NS / ns,
      'peak_rss_mib': run['peak_rss_kib'] / 1024,
      'cpu_s': cpu_s,
  }


def _cell(key, runs):
  workload, threads, allocator = key
  of_runs = [figures(run) for run in runs]
  cell = {'workload': workload, 'threads': threads, 'allocator': allocator}
  for name in of_runs[0]:
    cell[name] = estimate.estimate([one[name] for one in of_runs])
  cell['confidence'] = estimate.confidence(len(runs))
  cell['runs'] = len(runs)
  return cell


def _for_ratios(runs):
  sliced = all(run.get('slices') for run in runs)
  return runs if sliced else calibration.quiet(runs)


def _by_turn(runs, name):
  """{turn: the figure, of each slice where slices have it}"""
  return {run['repeat']: slices(run) if name == 'ns_per_operation' else
                         [figures(run)[name]] for run in runs}


def _places(keys):
  """Those of one workload and one number of threads belong together."""
  places = {}
  for key in keys:
    places.setdefault(key[:2], []).append(key)
  return places


def make(runs):
  """Cells in the order in which their first runs came."""
  grouped = {}
  instructions = {}
  for run in runs:
    key = (run['workload'], run['threads'], run['allocator'])
    if run['kind'] in MEASURED:
      grouped.setdefault(key, []).append(run)
    elif run['kind'] == 'instructions':
      instructions[key] = run['instructions_per_operation']
  counting = {key: calibration.quiet(of_one)
              for key, of_one in grouped.items()}
  cells = {key: _cell(key, of_one) for key, of_one in counting.items()}
  for of_place in _places(grouped).values():
    for name in _TIMES:
      by_turn = {key: _by_turn(_for_ratios(grouped[key]), name)
                 for key in of_place}
      for key, found in to_best.estimates(by_turn).items():
        cells[key][name + '_to_best'] = found
  for key, cell in cells.items():
    cell['noisy'] = calibration.is_noisy_cell(counting[key],
                                              cell['ns_per_operation_to_best'])
    if key in instructions:
      cell['instructions_per_operation'] = instructions[key]
  return list(cells.values())
