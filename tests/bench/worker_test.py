#!/usr/bin/env python3
"""bench_worker as the runner sees it: one line of JSON, on both mallocs.

Usage: worker_test.py BENCH_WORKER LIBHEADROOM FAKE_MEASURES
"""

import json
import os
import subprocess
import sys
import time
import unittest

WORKER, LIBRARY, FAKE = (os.path.abspath(path) for path in sys.argv[1:4])
MALLOCS = {'': 'libc.so', LIBRARY: 'libheadroom.so'}

LISTED = {'name', 'about', 'source', 'pattern', 'quick', 'most_threads',
          'least_threads'}
FIELDS = {'workload', 'threads', 'operations', 'wall_s', 'user_s', 'system_s',
          'peak_rss_kib', 'minor_faults', 'major_faults', 'voluntary_switches',
          'involuntary_switches', 'malloc_file'}
PERCENTILES = [50, 90, 99, 99.9, 99.99, 99.999]
FIRST_WORKLOADS = {'pair', 'batch_lifo', 'batch_fifo', 'batch_random',
                   'working_set', 'sh6', 'sh8', 'larson', 'producer_consumer',
                   'thread_churn'}


def start(*arguments, preload=''):
  environment = {**os.environ, 'LD_PRELOAD': preload}
  return subprocess.run([WORKER, *arguments], env=environment, text=True,
                        capture_output=True, check=False, timeout=200)


def listed():
  return [json.loads(line) for line in start('--list').stdout.splitlines()]


class WorkerTest(unittest.TestCase):

  def measure(self, *arguments, preload=''):
    done = start(*arguments, preload=preload)
    self.assertEqual((done.returncode, done.stderr), (0, ''), arguments)
    self.assertEqual(done.stdout.count('\n'), 1)
    return json.loads(done.stdout)

  def check_histogram(self, histogram, operations):
    self.assertEqual(histogram['count'], operations)
    self.assertEqual(sum(count for _, count in histogram['buckets']),
                     operations)
    uppers = [upper for upper, _ in histogram['buckets']]
    self.assertEqual(uppers, sorted(set(uppers)))
    self.assertEqual([percent for percent, _ in histogram['percentiles']],
                     PERCENTILES)
    values = [ns for _, ns in histogram['percentiles']]
    self.assertEqual(values, sorted(values))
    self.assertGreater(values[0], 0)
    self.assertLessEqual(values[-1], histogram['max_ns'])
    self.assertLessEqual(histogram['max_ns'], uppers[-1])

  def test_every_workload_on_both_mallocs(self):
    for workload in listed():
      for preload, file in MALLOCS.items():
        with self.subTest(workload=workload['name'], malloc=file):
          threads = max(workload['least_threads'], 3)
          run = self.measure('--workload=' + workload['name'],
                             f'--threads={threads}', '--seconds=0.01',
                             '--latency', preload=preload)
          self.assertEqual(set(run), FIELDS | {'latency', 'timer_ns'})
          self.assertEqual((run['workload'], run['threads']),
                           (workload['name'], threads))
          self.assertIn(file, run['malloc_file'])
          self.assertGreater(run['operations'], 0)
          for call in 'malloc', 'free':
            self.check_histogram(run['latency'][call], run['operations'])

  def test_throughput_has_all_fields_and_no_other(self):
    run = self.measure('--workload=larson', '--threads=2', '--seconds=0.02')
    self.assertEqual(set(run), FIELDS)
    self.assertGreaterEqual(run['wall_s'], 0.02)
    self.assertGreater(run['operations'], 0)
    self.assertGreater(run['peak_rss_kib'], 0)

  def test_a_number_of_operations_instead_of_time(self):
    for workload in 'pair', 'larson', 'producer_consumer', 'string_growth':
      with self.subTest(workload=workload):
        one, two = [self.measure('--workload=' + workload, '--threads=1',
                                 f'--operations={n}')['operations']
                    for n in (2000, 4000)]
        self.assertGreaterEqual(one, 2000)
        self.assertLess(one, 2000 * 1.2)  # whole rounds
        self.assertGreaterEqual(two, 4000)
        self.assertLess(two, 4000 * 1.2)

  def take_turns(self, turns, *arguments):
    """Returns [operations, ns] of each, and the result."""
    with subprocess.Popen(
        [WORKER, '--slices', *arguments], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, bufsize=1) as worker:
      slices = []
      for _ in range(turns):
        worker.stdin.write('\n')
        slices.append([int(word) for word in worker.stdout.readline().split()])
      out, _ = worker.communicate(timeout=60)
    self.assertEqual(worker.returncode, 0)
    return slices, json.loads(out)

  def test_slices_are_all_that_is_measured(self):
    slices, run = self.take_turns(4, '--workload=larson', '--threads=2',
                                  '--seconds=0.01')
    self.assertEqual(set(run), FIELDS)
    for operations, ns in slices:
      self.assertGreater(operations, 0)
      self.assertGreaterEqual(ns, 10e6)
    self.assertEqual(sum(done for done, _ in slices), run['operations'])
    self.assertAlmostEqual(sum(ns for _, ns in slices) / 1e9, run['wall_s'],
                           places=5)

  def test_what_lies_between_slices_is_not_measured(self):
    start = time.monotonic()
    with subprocess.Popen(
        [WORKER, '--slices', '--workload=pair', '--seconds=0.001'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        bufsize=1) as worker:
      for _ in range(3):
        worker.stdin.write('\n')
        worker.stdout.readline()
        time.sleep(0.2)
      out, _ = worker.communicate(timeout=60)
    self.assertLess(json.loads(out)['wall_s'], time.monotonic() - start - 0.6)

  def test_no_slice_at_all(self):
    slices, run = self.take_turns(0, '--workload=pair')
    self.assertEqual((slices, run['operations']), ([], 0))

  def test_counters_are_of_the_measured_part(self):
    """What is mapped for good in the warm-up costs no faults afterwards."""
    run = self.measure('--workload=pair', '--seconds=0.05')
    self.assertLess(run['minor_faults'], 50)

  def test_rss_over_time(self):
    for seconds in 0.1, 1, 10:  # longer only where others keep the machine
      run = self.measure('--workload=large_blocks', f'--seconds={seconds}',
                         '--rss_every_ms=5')
      times = [ms for ms, _ in run['rss']]
      if len(times) >= 5:
        break
    self.assertGreaterEqual(len(times), 5)
    self.assertEqual(times, sorted(times))
    self.assertEqual(times[0], 0)
    self.assertGreaterEqual(times[-1], 100)
    self.assertTrue(all(0 < kib <= run['peak_rss_kib'] + 1024
                        for _, kib in run['rss']), run)

  def test_reallocs_are_timed_apart(self):
    run = self.measure('--workload=string_growth', '--seconds=0.02',
                       '--latency')
    self.check_histogram(run['latency']['realloc'],
                         run['latency']['realloc']['count'])
    self.assertGreater(run['latency']['realloc']['count'], run['operations'])

  def test_measures_of_an_instrumented_malloc(self):
    run = self.measure('--workload=pair', '--seconds=0.01', preload=FAKE)
    self.assertEqual(run['measures'], {'resets': 1, 'held': [0, 0],
                                       'holds': 0, 'threads': 0})

  def test_a_lock_is_held_in_the_measured_part(self):
    run = self.measure('--workload=pair', '--seconds=0.2', '--hold_lock=8=5ms',
                       preload=FAKE)
    self.assertEqual(run['measures']['held'], [8, 5000])
    self.assertGreater(run['measures']['holds'], 0)

  def test_a_lock_that_there_is_not(self):
    done = start('--workload=pair', '--hold_lock=100000=5ms', preload=FAKE)
    self.assertEqual((done.returncode, done.stdout), (2, ''))
    self.assertIn('no such lock', done.stderr)

  def test_larson_hands_its_set_to_new_threads(self):
    """A thread lives for 250,000 operations; the first one is new, too."""
    for operations, threads in (1000, 1), (600_000, 3):
      run = self.measure('--workload=larson', f'--operations={operations}',
                         preload=FAKE)
      self.assertEqual(run['operations'], operations)
      self.assertEqual(run['measures']['threads'], threads)

  def test_list(self):
    workloads = listed()
    names = {workload['name'] for workload in workloads}
    self.assertLessEqual(FIRST_WORKLOADS, names)
    for workload in workloads:
      self.assertEqual(set(workload), LISTED)
      self.assertTrue(all(workload[text] for text in
                          ('name', 'about', 'source', 'pattern')), workload)
      self.assertIsInstance(workload['quick'], bool)

  def test_threads_are_the_least_when_not_given(self):
    self.assertEqual(
        self.measure('--workload=one_to_many', '--seconds=0.01')['threads'], 2)

  def test_wrong_arguments(self):
    for arguments, sentence in [
        ([], 'usage: '),
        (['--workload=none'], "there is no workload 'none'"),
        (['--workload=pair', '--threads=0'], '--threads wants a number'),
        (['--workload=pair', '--threads=2x'], '--threads wants a number'),
        (['--workload=pair', '--threads=5000'], '--threads wants a number'),
        (['--workload=pair', '--seconds=0'], '--seconds wants a number'),
        (['--workload=pair', '--seconds=nan'], '--seconds wants a number'),
        (['--workload=pair', '--operations=0'], '--operations wants a number'),
        (['--workload=pair', '--operations=9', '--threads=2'],
         '--operations counts those of one thread, not of 2'),
        (['--workload=pair', '--rss_every_ms=0'],
         '--rss_every_ms wants a number'),
        (['--workload=one_to_many', '--threads=1'],
         'one_to_many wants at least 2 threads, not 1'),
        (['--workload=thousand_threads', '--threads=1001'],
         'thousand_threads wants at most 1000 threads, not 1001'),
        (['--workload=pair', '--slices', '--latency'],
         '--slices and --latency exclude each other'),
        (['--workload=pair', '--hold_lock=8'],
         '--hold_lock wants BYTES=Nms, up to 999 ms, not'),
        (['--workload=pair', '--hold_lock=8=0ms'], '--hold_lock wants BYTES='),
        (['--workload=pair', '--hold_lock=8=5'], '--hold_lock wants BYTES='),
        (['--workload=pair', '--hold_lock=8=5ms'],
         '--hold_lock: this malloc has no such lock to hold'),
        (['--workload=pair', 'twice'], "'twice' is not understood"),
    ]:
      with self.subTest(arguments=arguments):
        done = start(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ''))
        self.assertTrue(
            done.stderr.startswith('bench_worker: ' + sentence), done.stderr)
        self.assertEqual(done.stderr.count('\n'), 1)


if __name__ == '__main__':
  unittest.main(argv=sys.argv[:1])
