#!/usr/bin/python3
"""libheadroom_measured.so counts what its locks and tiers do, and says so.

Usage: measures_test.py PROGRAM LIBRARY [TEST]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.realpath(sys.argv[1])
LIBRARY = os.path.realpath(sys.argv[2])
FIVE_MS = 22  # 2^22 ns are 4.2 ms
CLASSES = {'start', 'thread_registry', 'quarantine', 'central_free_list',
           'guard_pool', 'page_heap', 'cell_pool', 'metadata_arena',
           'system_heap', 'trace_file'}


def run(arguments, **environment):
  """What it writes, on the measured library."""
  return subprocess.run(
      arguments, check=True, stdout=subprocess.PIPE, text=True,
      env=dict(os.environ, LD_PRELOAD=LIBRARY, **environment)).stdout


def measures_of(*scenario):
  """A scenario's lines; none has a wait or a hold longer than it took."""
  start = time.monotonic_ns()
  lines = run([PROGRAM, *scenario]).splitlines()
  took = time.monotonic_ns() - start
  measures = [json.loads(line) for line in lines]
  for lock in (lock for each in measures for lock in each['locks']):
    for exponent, _ in lock['wait_ns_log2'] + lock['hold_ns_log2']:
      assert 1 << exponent <= took, lock
  return measures


def count(pairs, least=0):
  return sum(number for exponent, number in pairs if exponent >= least)


def lists_of(measures):
  """The central lists' locks by their blocks' bytes."""
  return {lock['bytes']: lock for lock in measures['locks']
          if lock['class'] == 'central_free_list'}


def stride_of(request):
  return (request + 8 + 15) // 16 * 16  # up to 528 bytes


class MeasuresTest(unittest.TestCase):

  def check_form(self, measures):
    """What is true of all measures."""
    self.assertEqual(list(measures), ['locks', 'tiers'])
    names = [(lock['class'], lock.get('size_class'))
             for lock in measures['locks']]
    self.assertEqual(len(names), len(set(names)), 'a lock stands there twice')
    for lock in measures['locks']:
      self.assertIn(lock['class'], CLASSES)
      self.assertEqual('size_class' in lock,
                       lock['class'] == 'central_free_list')
      self.assertGreater(lock['acquisitions'], 0)
      self.assertLessEqual(lock['contended'], lock['acquisitions'])
      self.assertEqual(count(lock['wait_ns_log2']), lock['contended'], lock)
      self.assertEqual(count(lock['hold_ns_log2']), lock['acquisitions'], lock)
      for row in lock['wait_ns_log2'], lock['hold_ns_log2']:
        exponents = [exponent for exponent, number in row if number > 0]
        self.assertEqual(len(exponents), len(row), 'an empty bucket')
        self.assertEqual(exponents, sorted(set(exponents)))
    self.assertEqual(list(measures['tiers']),
                     ['thread_cache', 'central', 'page_heap'])
    for tier in measures['tiers'].values():
      for number in tier.values():
        self.assertLess(number, 1 << 62)

  def test_hits_are_hits_and_take_no_lock(self):
    measures, = measures_of('hits')
    self.check_form(measures)
    self.assertEqual(measures['tiers'], {
        'thread_cache': {'hits': 2000, 'misses': 0},
        'central': {'hits': 0, 'misses': 0},
        'page_heap': {'hits': 0, 'misses': 0}})
    self.assertEqual(measures['locks'], [])

  def test_a_trace_takes_the_lock_of_its_file(self):
    with tempfile.TemporaryDirectory() as folder:
      out = run([PROGRAM, 'misses'],
                HEADROOM_OPTIONS='trace=' + os.path.join(folder, 'trace'))
    measures = json.loads(out)
    self.check_form(measures)
    self.assertIn('trace_file', [lock['class'] for lock in measures['locks']])

  def test_each_tier_counts_what_the_one_above_missed(self):
    measures, = measures_of('misses')
    self.check_form(measures)
    tiers = measures['tiers']
    cache, central, pages = (
        tiers[name] for name in ('thread_cache', 'central', 'page_heap'))
    self.assertEqual(cache['hits'] + cache['misses'], 200000)
    self.assertGreater(cache['misses'], 1000)
    self.assertGreater(central['hits'], 0)
    self.assertGreater(central['misses'], 0)
    # Only this class needed spans.
    self.assertEqual(pages['hits'] + pages['misses'], central['misses'])
    # 72 MB do not fit into what a heap begins with.
    self.assertGreater(pages['misses'], 3)
    locks = {lock['class']: lock for lock in measures['locks']}
    self.assertGreaterEqual(locks['page_heap']['acquisitions'],
                            central['misses'])
    self.assertGreaterEqual(locks['system_heap']['acquisitions'],
                            pages['misses'])
    self.assertGreater(locks['cell_pool']['acquisitions'], 0)
    self.assertEqual(sum(lock['contended'] for lock in measures['locks']), 0)

  def test_a_held_lock_of_one_class_is_seen_in_its_place(self):
    request, holds = 200, 20
    # A loaded machine may let no waiter run where the lock is taken, but not
    # ever. A wait is shorter than its hold, or, when the waiter is not run at
    # its end, longer.
    for attempt in range(50):
      measures, = measures_of('held', str(request), str(holds))
      self.check_form(measures)
      lists = lists_of(measures)
      held = lists.pop(stride_of(request))
      self.assertGreaterEqual(count(held['hold_ns_log2'], FIVE_MS), holds)
      for bytes_, lock in lists.items():
        self.assertEqual(count(lock['hold_ns_log2'], FIVE_MS), 0, lock)
        self.assertEqual(count(lock['wait_ns_log2'], FIVE_MS), 0, lock)
      if count(held['wait_ns_log2'], FIVE_MS) > 0:
        print(json.dumps(measures))
        return
    self.fail('nobody ever waited for the lock that was held: %s' % held)

  def test_measures_are_whole_while_others_allocate(self):
    lines = measures_of('race')
    self.assertEqual(len(lines), 61)
    for measures in lines:
      self.check_form(measures)
    self.assertGreater(lines[-1]['tiers']['thread_cache']['hits'], 0)

  def test_a_forked_child_counts_from_its_birth(self):
    for scenario in 'fork', 'fork_threads':
      child, parent = measures_of(scenario)
      self.check_form(parent)
      self.check_form(child)
      cache = parent['tiers']['thread_cache']
      self.assertGreater(cache['hits'] + cache['misses'], 200000)
      self.assertGreaterEqual(child['tiers']['thread_cache']['hits'], 20)
      self.assertLess(child['tiers']['thread_cache']['hits'], 200)
      self.assertEqual(child['tiers']['central']['misses'], 0)

  def test_a_real_programs_processes_append_theirs_to_a_file(self):
    with tempfile.TemporaryDirectory() as folder:
      path = folder + '/measures'
      script = ('import subprocess, sys, threading\n'
                'def work(): [str(i) * 50 for i in range(100000)]\n'
                'threads = [threading.Thread(target=work) for _ in range(3)]\n'
                'for thread in threads: thread.start()\n'
                'for thread in threads: thread.join()\n'
                'for i in range(2): subprocess.check_call('
                '[sys.executable, "-c", "list(range(10000))"])\n')
      run(['/usr/bin/python3', '-c', script], HEADROOM_MEASURES=path,
          PYTHONMALLOC='malloc')
      with open(path, encoding='utf-8') as file:
        lines = [json.loads(line) for line in file]
    self.assertEqual(len(lines), 3)
    for measures in lines:
      self.check_form(measures)
    largest = max(lines, key=lambda m: m['tiers']['thread_cache']['hits'])
    self.assertGreater(largest['tiers']['thread_cache']['hits'], 600000)
    self.assertGreater(len(lists_of(largest)), 20)

  def test_a_file_that_cannot_be_written_is_a_sentence(self):
    done = subprocess.run(
        ['/bin/true'], check=True, stderr=subprocess.PIPE, text=True,
        env=dict(os.environ, LD_PRELOAD=LIBRARY,
                 HEADROOM_MEASURES='/nowhere/file'))
    self.assertEqual(
        done.stderr,
        'headroom: HEADROOM_MEASURES: cannot write to /nowhere/file\n')


if __name__ == '__main__':
  os.environ.pop('HEADROOM_MEASURES', None)
  unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
