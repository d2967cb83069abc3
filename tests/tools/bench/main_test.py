"""Whole runs, with a program that plays bench_worker."""

import contextlib
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time
import types
import unittest
from unittest import mock

import allocators
import main
import processors
import project
import versions

FAKE = pathlib.Path(__file__).with_name('fake_worker.py')
# Any library that a process may have besides; what it is called decides what
# the fake answers.
HARMLESS = project.system_library().with_name('libm.so.6')


class WithFakeWorker(unittest.TestCase):

  def setUp(self):
    work = tempfile.TemporaryDirectory()
    self.addCleanup(work.cleanup)
    self.root = pathlib.Path(work.name).resolve()
    self.out = self.root / 'out'
    self.measured = None
    for name in ('headroom', 'mimalloc', 'fast'):
      shutil.copy(HARMLESS, self.shared_object(name))
    self.patch(mock.patch.object(project, 'ROOT', self.root))
    self.patch(mock.patch.object(project, 'worker', lambda: FAKE))
    self.patch(mock.patch.object(project, 'replay', lambda: FAKE))
    self.patch(mock.patch.object(project, 'headroom',
                                 lambda: self.shared_object('headroom')))
    self.patch(mock.patch.object(project, 'measured_library',
                                 lambda: self.measured))
    self.patch(mock.patch.object(allocators, 'installed', lambda: [
        allocators.of_library('mimalloc', self.shared_object('mimalloc'))]))
    self.patch(mock.patch.object(processors, 'Processors',
                                 lambda: lambda: 1000))
    self.patch(mock.patch.object(versions, 'package', lambda path: ''))
    self.patch(mock.patch.dict(os.environ, FAKE_WORKER=str(self.root)))
    for name in (signal.SIGINT, signal.SIGTERM):
      self.addCleanup(signal.signal, name, signal.getsignal(name))

  def patch(self, patch):
    patch.start()
    self.addCleanup(patch.stop)

  def shared_object(self, name):
    return self.root / ('lib%s.so' % name)

  def bench(self, *words):
    """Returns (status, what it printed on either output)."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
      status = main.main(list(words))
    return status, text.getvalue()

  def run_to_out(self, *words):
    return self.bench('--out', str(self.out), '--seconds', '0.001', *words)

  def record(self, name):
    project.traces().mkdir(parents=True, exist_ok=True)
    trace = project.traces() / (name + '.trace')
    trace.touch()
    return trace

  def results(self):
    return json.loads((self.out / 'results.json').read_text())

  def calls(self):
    return (self.root / 'calls').read_text().splitlines()


class RunTest(WithFakeWorker):

  def test_a_run_from_end_to_end(self):
    words = ['--threads', '1,2', '--no-programs', '--workloads',
             'lars*', '--peer', 'fast=%s' % self.shared_object('fast'),
             '--level', 'strict=strict=1', '--repeats', '3']
    status, text = self.run_to_out(*words)
    self.assertEqual(status, 0)
    results = self.results()
    self.assertEqual(results['command'], [
        './x', 'bench', '--out', str(self.out), '--seconds', '0.001'] + words)
    self.assertEqual(
        [(a['name'], a['options'], a['headroom'])
         for a in results['allocators']],
        [('headroom', '', True), ('strict', 'strict=1', True),
         ('system', '', False), ('mimalloc', '', False), ('fast', '', False)])
    self.assertEqual(results['settings']['confidence'], 0.75)
    self.assertEqual((results['interrupted'], results['failures'],
                      results['comparison']), (False, [], None))
    self.assertEqual(len(results['cells']), 2 * 5)
    kinds = [run['kind'] for run in results['runs']]
    self.assertEqual((kinds.count('throughput'), kinds.count('latency')),
                     (30, 10))
    latency = next(r for r in results['runs'] if r['kind'] == 'latency')
    self.assertEqual(latency['latency']['malloc']['max_ns'], 900)
    # The fake's time: 10 ns, times a factor for the library's name.
    cell = results['cells'][0]
    self.assertEqual((cell['workload'], cell['threads'], cell['allocator']),
                     ('larson', 1, 'headroom'))
    self.assertAlmostEqual(cell['ns_per_operation']['median'], 10.0, places=2)
    self.assertFalse(cell['noisy'])
    self.assertIn('Headroom is best in 2 of 2 cells.', text)
    self.assertIn('75 % confidence', text)

  def test_allocators_take_turns(self):
    self.run_to_out('--workloads', 'larson', '--threads', '1', '--repeats', '2',
                    '--no-latency')
    self.assertEqual([call.split()[0] for call in self.calls()],
                     ['libheadroom.so', 'system', 'libmimalloc.so'] * 2)
    for run in self.results()['runs']:
      self.assertEqual([ns for _, ns in run['slices']], [1e6])

  def test_beside_a_noisy_cell_all_have_more_turns(self):
    (self.root / 'unsteady').write_text('mimalloc')
    _, text = self.run_to_out('--workloads', 'larson', '--threads', '1',
                              '--repeats', '3', '--no-latency')
    self.assertEqual([call.split()[0] for call in self.calls()],
                     ['libheadroom.so', 'system', 'libmimalloc.so'] * 9)
    self.assertEqual([(cell['runs'], cell['noisy'])
                      for cell in self.results()['cells']],
                     [(9, False), (9, False), (9, True)])
    self.assertIn('turn 4, for noisy cells: 3 runs', text)

  def test_tables_for_other_programs(self):
    self.run_to_out('--workloads', 'larson', '--threads', '1', '--json',
                    str(self.root / 'copy.json'))
    self.assertEqual(json.loads((self.root / 'copy.json').read_text()),
                     self.results())
    with open(self.out / 'cells.csv', encoding='utf-8') as file:
      rows = list(csv.DictReader(file))
    self.assertEqual([row['allocator'] for row in rows],
                     ['headroom', 'system', 'mimalloc'])
    self.assertAlmostEqual(float(rows[0]['ns_per_operation_median']), 10,
                           places=2)
    with open(self.out / 'runs.csv', encoding='utf-8') as file:
      self.assertEqual(len(list(csv.DictReader(file))), 3 * (9 + 1))
    self.assertEqual((self.out / 'command').read_text(),
                     './x bench --out %s --seconds 0.001 --workloads larson '
                     '--threads 1 --json %s/copy.json\n' % (self.out, self.root))

  def test_the_instrumented_library_runs_once_for_each_cell(self):
    self.measured = self.shared_object('headroom_measured')
    shutil.copy(HARMLESS, self.measured)
    self.run_to_out('--workloads', 'larson', '--threads', '1,2', '--repeats',
                    '1')
    runs = [run for run in self.results()['runs'] if run['kind'] == 'measured']
    self.assertEqual([(r['allocator'], r['threads'], r['malloc_file'])
                      for r in runs],
                     [('headroom', n, str(self.measured)) for n in (1, 2)])

  def test_recorded_programs_are_workloads(self):
    trace = self.record('redis')
    status, text = self.run_to_out('--no-programs', '--repeats', '1')
    self.assertEqual(status, 0)
    cells = [cell for cell in self.results()['cells']
             if cell['workload'] == 'replay_redis']
    self.assertEqual([(cell['threads'], cell['allocator']) for cell in cells],
                     [(3, 'headroom'), (3, 'system'), (3, 'mimalloc')])
    for cell in cells:
      self.assertGreater(cell['peak_rss_mib']['median'], 0)
    self.assertAlmostEqual(cells[0]['ns_per_operation']['median'], 40 / 3,
                           places=1)
    self.assertRegex(text, r'replay_redis +3 ')
    calls = [call for call in self.calls() if '.trace' in call]
    self.assertEqual(
        calls[0], 'libheadroom.so %s --seconds=0.001 --slices' % trace)
    self.assertIn('libheadroom.so %s --seconds=0.001 --latency '
                  '--rss_every_ms=1' % trace, calls)

  def test_recorded_programs_are_chosen_by_name(self):
    self.record('redis')
    self.record('git')
    self.run_to_out('--workloads', 'replay_r*', '--no-latency', '--repeats',
                    '1')
    self.assertEqual(self.results()['settings']['workloads'], ['replay_redis'])
    self.assertRegex(self.bench('--list')[1],
                     r'replay_git +a recorded program\n')

  def test_a_lock_is_held_in_instrumented_runs_alone(self):
    self.measured = self.shared_object('headroom_measured')
    shutil.copy(HARMLESS, self.measured)
    self.record('redis')
    self.run_to_out('--workloads', 'larson,replay_*', '--repeats', '1',
                    '--hold-lock', '200=5ms')
    self.assertEqual(self.results()['settings']['hold_lock'], '200=5ms')
    holding = {call.split()[0] for call in self.calls()
               if '--hold_lock=200=5ms' in call}
    self.assertEqual(holding, {'libheadroom_measured.so'})
    self.assertEqual(
        sum('--hold_lock=200=5ms' in call for call in self.calls()),
        sum('libheadroom_measured.so' in call for call in self.calls()))

  def test_a_quick_run_has_the_quick_workloads(self):
    status, _ = self.run_to_out('--quick', '--repeats', '1', '--no-latency')
    self.assertEqual(status, 0)
    self.assertEqual({call.split('=')[1].split()[0] for call in self.calls()},
                     {'larson', 'batch_lifo'})
    self.assertEqual(self.results()['settings']['threads'], [1, 2, 4])

  def test_results_go_to_a_folder_with_the_date(self):
    status, text = self.bench('--workloads', 'larson', '--threads', '1',
                              '--repeats', '1', '--seconds', '0.001')
    self.assertEqual(status, 0)
    folder, = (self.root / 'bench-results').iterdir()
    self.assertRegex(folder.name, r'^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d$')
    self.assertIn('%s/results.json' % folder, text)

  def test_the_report_is_written_from_the_results(self):
    given = []

    def write(results, path):
      given.append(results)
      pathlib.Path(path).write_text('page')

    with mock.patch.dict(sys.modules,
                         report=types.SimpleNamespace(write=write)):
      status, text = self.run_to_out('--workloads', 'larson', '--threads', '1')
    self.assertEqual(status, 0)
    self.assertEqual(json.loads(json.dumps(given[0])), self.results())
    self.assertIn('%s/report.html' % self.out, text)

  def test_a_report_that_fails_leaves_the_results(self):
    def write(_results, _path):
      raise ValueError('no ink')

    with mock.patch.dict(sys.modules,
                         report=types.SimpleNamespace(write=write)):
      status, text = self.run_to_out('--workloads', 'larson', '--threads', '1')
    self.assertEqual(status, 1)
    self.assertIn('x: no report: no ink.', text)
    self.assertEqual(len(self.results()['cells']), 3)


class EndTest(WithFakeWorker):

  def test_ctrl_c_keeps_what_was_measured(self):
    self.interrupt_the_eighth_run(signal.SIGINT)

  def test_being_ended_keeps_what_was_measured(self):
    self.interrupt_the_eighth_run(signal.SIGTERM)

  def interrupt_the_eighth_run(self, name):
    (self.root / 'stop').write_text('8')
    pid = self.root / 'pid'

    def interrupt():
      while not (pid.exists() and pid.read_text()):
        time.sleep(0.01)
      os.kill(os.getpid(), name)

    thread = threading.Thread(target=interrupt)
    thread.start()
    status, text = self.run_to_out('--workloads', 'larson', '--threads', '1',
                                   '--no-latency')
    thread.join()
    self.assertEqual(status, 130)
    self.assertFalse(pathlib.Path('/proc', pid.read_text()).exists())
    results = self.results()
    self.assertTrue(results['interrupted'])
    # It was the second of the third turn, which is lost as a whole.
    self.assertEqual(len(results['runs']), 6)
    self.assertEqual([(c['allocator'], c['runs']) for c in results['cells']],
                     [('headroom', 2), ('system', 2), ('mimalloc', 2)])
    self.assertIn('Headroom is best in 1 of 1 cells', text)

  def test_another_malloc_than_was_asked_for_is_an_error(self):
    (self.root / 'wrong_malloc').write_text('/usr/bin/env')
    status, text = self.run_to_out('--workloads', 'larson')
    self.assertEqual(status, 1)
    self.assertIn('x: headroom did not run on %s but on /usr/bin/env' %
                  self.shared_object('headroom'), text)
    self.assertFalse(self.out.exists())

  def test_an_allocator_that_dies_is_named_and_the_others_go_on(self):
    (self.root / 'crash').write_text('mimalloc')
    status, text = self.run_to_out('--workloads', 'larson', '--threads', '1',
                                   '--repeats', '3', '--no-latency')
    self.assertEqual(status, 1)
    self.assertIn('failed: larson on 1 threads, mimalloc: fake_worker.py ended '
                  'with status 1: fake_worker: it was told to die', text)
    self.assertEqual([c['runs'] for c in self.results()['cells']], [3, 3])

  def test_wrong_names_and_nothing_to_run(self):
    for words, sentence in (
        (['--workloads', 'larsen'],
         "no workload 'larsen', there are: larson, batch_lifo, soak, crowd"),
        (['--allocators', 'tcmalloc'],
         "no allocator 'tcmalloc', there are: headroom, system, mimalloc"),
        (['--workloads', 'crowd', '--threads', '1,2'],
         'no workload runs on 1 or 2 threads'),
        (['--hold-lock', '200=5ms', '--workloads', 'larson'],
         '--hold-lock wants headroom and a workload, or no lock is measured'),
        (['--frobnicate'], "bench knows no argument '--frobnicate'")):
      status, text = self.bench(*words)
      self.assertEqual(status, 2)
      self.assertEqual(
          text, "x: %s. './x bench --help' lists the options.\n" % sentence)

  def test_only_parse_runs_nothing(self):
    self.assertEqual(self.bench('--only-parse', '--quick'), (0, ''))
    self.assertEqual(self.bench('--only-parse', '--repeats', 'x')[0], 2)
    self.assertFalse((self.root / 'calls').exists())

  def test_list(self):
    status, text = self.bench('--list')
    self.assertEqual(status, 0)
    self.assertRegex(text, r'larson +server-like churn\n')
    self.assertRegex(text, r'git_gc +real program\n')
    self.assertRegex(text, r'mimalloc +\S.* %s\n' %
                     self.shared_object('mimalloc'))

  def test_what_bazel_built_is_shown_as_people_call_it(self):
    built = self.root / 'cache' / 'bin'
    built.mkdir(parents=True)
    (self.root / 'bazel-bin').symlink_to(built)
    shutil.copy(HARMLESS, built / 'libheadroom.so')
    self.patch(mock.patch.object(project, 'headroom',
                                 lambda: built / 'libheadroom.so'))
    self.run_to_out('--workloads', 'larson', '--threads', '1')
    self.assertEqual([one['file'] for one in self.results()['allocators']],
                     ['bazel-bin/libheadroom.so', str(project.system_library()),
                      str(self.shared_object('mimalloc'))])


class BaselineTest(WithFakeWorker):

  def run_with_baseline(self, change):
    self.run_to_out('--workloads', 'larson', '--threads', '1', '--no-latency')
    baseline = self.results()
    shutil.rmtree(self.out)
    change(baseline)
    path = self.root / 'baseline.json'
    path.write_text(json.dumps(baseline))
    return self.run_to_out('--workloads', 'larson', '--threads', '1',
                           '--no-latency', '--baseline', str(path))

  def test_the_same_again_is_the_same(self):
    status, text = self.run_with_baseline(lambda baseline: None)
    self.assertEqual(status, 0)
    self.assertNotIn('warning', text)
    self.assertIn('0 of 3 cells differ from the baseline', text)
    self.assertEqual([entry['ratio'] for entry in self.results()['comparison']],
                     [1, 1, 1])

  def test_a_change_and_another_machine(self):
    def change(baseline):
      baseline['machine']['cpu'] = 'Z80'
      for part in ('median', 'low', 'high'):
        baseline['cells'][1]['ns_per_operation'][part] /= 2

    _, text = self.run_with_baseline(change)
    self.assertIn('x: warning: the baseline is of another machine: cpu was Z80',
                  text)
    self.assertIn('1 of 3 cells differ from the baseline by more than their '
                  'intervals, 0 of them by more than 5 % beside the fastest.\n',
                  text)
    self.assertEqual([e['outside'] for e in self.results()['comparison']],
                     [False, True, False])

  def test_a_file_that_holds_no_results(self):
    path = self.root / 'other.json'
    path.write_text('{"schema": 9, "cells": []}')
    status, text = self.bench('--baseline', str(path))
    self.assertEqual(status, 1)
    self.assertIn('holds results of another schema', text)


if __name__ == '__main__':
  unittest.main()
