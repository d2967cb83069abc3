"""What a run leaves behind: results.json, tables for other programs, the report.

Takes from: project. Gives to: main, agree.
Invariant: a file is complete or not there: it is written beside its place.
"""

import csv
import json
import os
import pathlib
import shlex

import project

SCHEMA = 3
_RUN_COLUMNS = ('workload', 'threads', 'allocator', 'kind', 'repeat',
                'operations', 'wall_s', 'user_s', 'system_s', 'peak_rss_kib',
                'minor_faults', 'major_faults', 'voluntary_switches',
                'involuntary_switches', 'instructions_per_operation',
                'calibration_ns', 'noisy')
_ESTIMATES = ('ns_per_operation', 'cpu_ns_per_operation', 'operations_per_s',
              'peak_rss_mib', 'cpu_s', 'ns_per_operation_to_best')


def read(path):
  """Returns earlier results; raises project.Failed with a sentence."""
  try:
    with open(path, encoding='utf-8') as file:
      results = json.load(file)
    known = results['schema'] == SCHEMA and 'cells' in results
  except (OSError, ValueError, KeyError, TypeError) as problem:
    raise project.Failed("'%s' holds no results of ./x bench (%s)" %
                         (path, problem or type(problem).__name__))
  if not known:
    raise project.Failed("'%s' holds results of another schema" % path)
  return results


def _replace(path, write):
  beside = pathlib.Path(str(path) + '.new')
  with open(beside, 'w', encoding='utf-8', newline='') as file:
    write(file)
  os.replace(beside, path)


def _lines(value):
  """JSON; of a list of objects, each has a line of its own."""
  if isinstance(value, list) and value and isinstance(value[0], dict):
    return '[\n%s\n]' % ',\n'.join(map(json.dumps, value))
  return json.dumps(value)


def _write_json(path, results):
  """Short for what it holds, and yet a person can read it."""
  _replace(path, lambda file: file.write('{\n%s\n}\n' % ',\n'.join(
      '%s: %s' % (json.dumps(name), _lines(value))
      for name, value in results.items())))


def _write_csv(path, columns, rows):
  def write(file):
    out = csv.writer(file, lineterminator='\n')
    out.writerow(columns)
    out.writerows(rows)
  _replace(path, write)


def _cell_rows(results):
  for cell in results['cells']:
    yield ([cell['workload'], cell['threads'], cell['allocator']] +
           [cell[name][part] for name in _ESTIMATES
            for part in ('median', 'low', 'high')] +
           [cell.get('instructions_per_operation'), cell['noisy'],
            cell['confidence'], cell['runs']])


def _cell_columns():
  return (['workload', 'threads', 'allocator'] +
          ['%s_%s' % (name, part) for name in _ESTIMATES
           for part in ('median', 'low', 'high')] +
          ['instructions_per_operation', 'noisy', 'confidence', 'runs'])


def write(results, folder, copy=None):
  """Writes all but the report into the folder."""
  folder = pathlib.Path(folder)
  folder.mkdir(parents=True, exist_ok=True)
  _write_json(folder / 'results.json', results)
  _write_csv(folder / 'cells.csv', _cell_columns(), _cell_rows(results))
  _write_csv(folder / 'runs.csv', _RUN_COLUMNS, (
      [run.get(name) for name in _RUN_COLUMNS] for run in results['runs']))
  _replace(folder / 'command', lambda file: file.write(
      shlex.join(results['command']) + '\n'))
  if copy:
    _write_json(pathlib.Path(copy), results)


def write_report(results, folder):
  """Returns the report's path, or None where there is no reporter.

  What ends the report ends nothing else: the results are written by then.
  """
  try:
    import report  # pylint: disable=import-outside-toplevel
  except ImportError:
    return None
  path = pathlib.Path(folder) / 'report.html'
  try:
    report.write(results, str(path))
  except Exception as problem:  # pylint: disable=broad-except
    raise project.Failed('no report: %s' % problem)
  return path
