#!/usr/bin/python3
"""Compares mallocs under contention: the verb `bench` of ./x.

Usage: main.py [--only-parse] [ARGUMENTS], see --help.

--only-parse looks at the arguments and stops. Exits with 2 when they are wrong,
with 1 when something failed, with 130 after Ctrl-C; what was measured until then
is written.
"""

import datetime
import signal
import sys
import time

import allocators
import arguments
import calibration
import cells
import compare
import estimate
import machine
import measure
import output
import plan
import progress
import project
import table
import worker

# A quick run: seconds for all runs, which leaves some for set-up and report.
_QUICK_BUDGET = 140
_QUICK_AROUND_A_RUN = 0.12
_QUICK_SECONDS = (0.02, 0.1)
# A cell whose interval stays wide is measured so many times as often.
_MOST_TURNS = 3


def main(words):
  only_parse = words[:1] == ['--only-parse']
  words = words[only_parse:]
  try:
    request = arguments.parse(words)
    if only_parse:
      return 0
    return _listing() if request.list else _bench(request, words)
  except arguments.BadArguments as problem:
    print("x: %s. './x bench --help' lists the options." % problem,
          file=sys.stderr)
    return 2
  except project.Failed as problem:
    print('x: %s.' % problem, file=sys.stderr)
    return 1
  except KeyboardInterrupt:
    return 130


def _listing():
  rows = [['workload', 'about']]
  rows += [[one['name'], one['about']] for one in worker.listed()]
  rows += [[name, 'real program'] for name in arguments.PROGRAMS]
  print('\n'.join(table.align(rows, left=(0, 1))))
  rows = [['allocator', 'version', 'file']]
  for one in map(allocators.describe, allocators.available()):
    rows.append([one['name'], one['version'], one['file']])
  print('\n' + '\n'.join(table.align(rows, left=(0, 1, 2))))
  return 0


def _chosen_allocators(request):
  all_of_them = allocators.available(request.peer, request.level)
  if not request.allocators:
    return all_of_them
  names = arguments.choose(request.allocators,
                           [one.name for one in all_of_them], 'allocator')
  return [one for one in all_of_them if one.name in names]


def _chosen_cells(request):
  if request.no_workloads:
    return []
  listed = worker.listed()
  if request.workloads:
    names = arguments.choose(request.workloads,
                             [one['name'] for one in listed], 'workload')
    listed = [one for one in listed if one['name'] in names]
  elif request.quick:
    listed = [one for one in listed if one['quick']]
  return plan.cells(listed, request.threads, request.threads_given)


def _fit(request, runs):
  """The length of a run, of so many, so that a quick benchmark is quick."""
  if request.seconds_given or not request.quick or not runs:
    return request.seconds
  least, most = _QUICK_SECONDS
  each = _QUICK_BUDGET / runs - _QUICK_AROUND_A_RUN
  return round(min(most, max(least, each)), 3)


def _now():
  return datetime.datetime.now().astimezone().isoformat(timespec='seconds')


def _on_term(_signal, _frame):
  raise KeyboardInterrupt


def _prepare(request):
  """Returns the mallocs, the instrumented Headroom or None, and all turns."""
  mallocs = _chosen_allocators(request)
  of_cells = _chosen_cells(request)
  if not of_cells and not request.programs:
    raise arguments.BadArguments(
        'no workload runs on %s threads' % ' or '.join(map(str, request.threads)))
  headroom = next((one for one in mallocs if one.name == 'headroom'), None)
  measured = headroom and allocators.measured(headroom)
  if request.hold_lock and not (measured and of_cells):
    raise arguments.BadArguments(
        '--hold-lock wants headroom and a workload, or no lock is measured')
  turns = plan.order(of_cells, request.programs, mallocs, request.repeats,
                     request.latency, headroom if measured else None,
                     request.instructions)
  return mallocs, measured, turns


def _settings(request, seconds, turns):
  return {
      'repeats': request.repeats, 'seconds': seconds,
      'threads': sorted({turn.cell.threads for turn in turns
                         if turn.cell.threads is not None}),
      'workloads': list(dict.fromkeys(turn.cell.workload for turn in turns)),
      'quick': request.quick, 'latency': request.latency,
      'hold_lock': request.hold_lock,
      'confidence': estimate.confidence(request.repeats),
  }


def _bench(request, words):
  baseline = output.read(request.baseline) if request.baseline else None
  mallocs, measured, turns = _prepare(request)
  runs = sum(len(turn.allocators) for turn in turns)
  seconds = _fit(request, runs)
  results = {
      'schema': output.SCHEMA, 'command': ['./x', 'bench'] + list(words),
      'started': _now(), 'ended': None, 'interrupted': False,
      'machine': machine.describe(),
      'settings': _settings(request, seconds, turns),
      'allocators': [allocators.describe(one) for one in mallocs],
  }
  print('x: %d runs of %g s on %d allocators' %
        (runs, seconds, len(mallocs)), file=sys.stderr, flush=True)
  signal.signal(signal.SIGTERM, _on_term)
  deadline = time.monotonic() + _QUICK_BUDGET if request.quick else None
  shown = progress.Progress(sys.stderr, seconds, deadline)
  measurer = measure.Measurer(seconds, calibration.Calibration(), shown,
                              measured, deadline, request.hold_lock)
  try:
    measurer.measure(turns)
    _repeat_noisy(measurer, turns, request.repeats, shown)
  finally:
    shown.clear()
  # From here on Ctrl-C would lose what was measured.
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  signal.signal(signal.SIGTERM, signal.SIG_IGN)
  return _finish(request, results, measurer, baseline)


def _repeat_noisy(measurer, turns, repeats, shown):
  """Further turns for noisy cells, up to _MOST_TURNS times as many as asked.

  Whoever asks for fewer runs than can tell noise wants no more of them.
  """
  if repeats < estimate.LEAST:
    return
  for repeat in range(repeats, _MOST_TURNS * repeats):
    more = plan.again(turns, cells.make(measurer.runs), repeat)
    if not more or measurer.is_over():
      return
    shown.say('turn %d, for noisy cells: %d runs' % (
        repeat + 1, sum(len(turn.allocators) for turn in more)))
    measurer.measure(more)


def _finish(request, results, measurer, baseline):
  results.update({
      'ended': _now(), 'interrupted': measurer.interrupted,
      'runs': measurer.runs, 'failures': measurer.failures,
      'noise': {'retried': measurer.retried, 'dropped': measurer.dropped},
      'cells': cells.make(measurer.runs), 'comparison': None})
  if baseline:
    results['comparison'] = compare.compare(results, baseline)
  folder = request.out or project.results_folder()
  output.write(results, folder, request.json)
  print('\n'.join(table.lines(results, request.cpu)))
  _say_afterwards(results, baseline)
  reported = _report(results, folder)
  if measurer.interrupted:
    return 130
  return 1 if measurer.failures or not reported else 0


def _report(results, folder):
  """Says where the results are; returns False when the report failed."""
  try:
    path = output.write_report(results, folder)
  except project.Failed as problem:
    print('x: %s.' % problem, file=sys.stderr)
    print('\n%s/results.json' % folder)
    return False
  print('\n%s' % (path or '%s/results.json' % folder))
  return True


def _say_afterwards(results, baseline):
  settings = results['settings']
  print('Medians of up to %d runs; the intervals hold with %.4g %% confidence.' %
        (settings['repeats'], 100 * settings['confidence']))
  noisy = sum(cell['noisy'] for cell in results['cells'])
  if noisy:
    print('%d of %d cells are noisy.' % (noisy, len(results['cells'])))
  for failure in results['failures']:
    print('failed: %(workload)s on %(threads)s threads, %(allocator)s: '
          '%(sentence)s' % failure)
  if baseline:
    for sentence in compare.warnings(results, baseline):
      print('x: warning: %s.' % sentence, file=sys.stderr)
    print('\n'.join(compare.changes(results['comparison'])))


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
