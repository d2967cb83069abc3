"""Runs one after the other: what is repeated, left out and kept."""

import io
import itertools
import unittest
from unittest import mock

import allocators
import calibration
import measure
import plan
import progress
import project
import together
import worker

CELLS = [plan.Cell('x', 1), plan.Cell('y', 1)]
A, B = (allocators.Allocator(name, '/lib%s.so' % name) for name in 'AB')

QUIET = [1000] * 8  # the warm-up


class MeasureTest(unittest.TestCase):

  def setUp(self):
    self.loops = []  # what the calibration loop will take; then always 1000
    self.answers = {}  # (workload, allocator): what to raise
    self.made = []
    self.now = 0
    for patch in (mock.patch.object(worker, 'run', self.run_worker),
                  mock.patch.object(together, 'run', self.run_together)):
      patch.start()
      self.addCleanup(patch.stop)

  def run_worker(self, cell, allocator, kind, seconds, hold):
    self.assertEqual((seconds, hold), (0.1, ''))
    self.now += 1
    self.made.append((cell.workload, allocator.name, kind))
    problem = self.answers.get((cell.workload, allocator.name))
    if problem:
      raise problem
    return {'operations': len(self.made), 'workload': cell.workload}

  def run_together(self, cell, allocators_, seconds):
    answers = {}
    for one in allocators_:
      try:
        answers[one.name] = self.run_worker(cell, one, 'throughput', seconds,
                                            '')
      except worker.WrongMalloc:
        raise
      except project.Failed as problem:
        answers[one.name] = problem
    return answers

  def measure(self, turns, measured=None, deadline=None):
    of_loop = calibration.Calibration(
        lambda: self.loops.pop(0) if self.loops else 1000, warm_up=8,
        clock=itertools.count().__next__)
    self.waited = lambda: of_loop.waited_s
    shown = progress.Progress(io.StringIO(), 0.1, clock=lambda: self.now)
    measurer = measure.Measurer(0.1, of_loop, shown, measured, deadline,
                                clock=lambda: self.now)
    measurer.measure(turns)
    return measurer

  def test_each_run_is_kept_with_whose_it_is(self):
    done = self.measure(plan.order(CELLS, [], [A, B], 2))
    self.assertEqual(
        [(run['workload'], run['allocator'], run['repeat'])
         for run in done.runs],
        [(w, a, r) for r in (0, 1) for w in 'xy' for a in 'AB'])
    self.assertEqual([run['noisy'] for run in done.runs], [False] * 8)
    self.assertEqual((done.retried, done.dropped, done.failures), (0, 0, []))

  def latency(self, cells, repeats=1):
    return [plan.Turn(cell, (A,), 'latency') for cell in cells
            for _ in range(repeats)]

  def test_a_noisy_run_is_repeated_when_it_is_quiet(self):
    self.loops = QUIET + [1200, 1000, 1000]
    done = self.measure(self.latency(CELLS[:1]))
    self.assertEqual((len(self.made), done.retried), (2, 1))
    self.assertEqual(done.runs[0]['operations'], 2)
    self.assertFalse(done.runs[0]['noisy'])

  def test_one_that_stays_noisy_is_marked(self):
    self.loops = QUIET + [1500, 1450, 1450, 1400, 1400, 1400, 1450] + [1500] * 9
    done = self.measure(self.latency(CELLS[:1]))
    self.assertEqual(len(self.made), 1 + measure.RETRIES)
    self.assertTrue(done.runs[0]['noisy'])
    self.assertEqual(done.runs[0]['calibration_ns'], 1400)

  def test_a_turn_of_slices_is_marked_and_not_repeated_here(self):
    """The plan has further turns for it, when all others had theirs."""
    self.loops = QUIET + [1200, 1000, 1000]
    done = self.measure(plan.order(CELLS[:1], [], [A, B], 1))
    self.assertEqual((len(self.made), done.retried), (2, 0))
    self.assertEqual([run['noisy'] for run in done.runs], [True, True])

  def test_retries_and_waiting_come_to_an_end(self):
    self.loops = [1000] * 8 + ([1000] + [2000] * 9) * 1000
    done = self.measure(self.latency(CELLS, 200))
    self.assertEqual(len(done.runs), 400)
    self.assertLess(done.retried, 400 * measure.RETRIES)
    # Without a limit it would be two for each run.
    self.assertLess(self.waited(), 2 * len(self.made))

  def test_what_fails_is_left_out_from_then_on(self):
    self.answers[('x', 'B')] = project.Failed('it died')
    done = self.measure(plan.order(CELLS, [], [A, B], 3))
    self.assertEqual(self.made.count(('x', 'B', 'throughput')), 1)
    self.assertEqual(self.made.count(('y', 'B', 'throughput')), 3)
    self.assertEqual(len(done.runs), 9)
    self.assertEqual(done.failures[0]['sentence'], 'it died')

  def test_a_wrong_malloc_ends_it_all(self):
    self.answers[('x', 'B')] = worker.WrongMalloc('B did not run on B')
    with self.assertRaises(worker.WrongMalloc):
      self.measure(plan.order(CELLS, [], [A, B], 1))

  def test_ctrl_c_keeps_what_was_measured(self):
    self.answers[('y', 'A')] = KeyboardInterrupt()
    done = self.measure(plan.order(CELLS, [], [A, B], 1))
    self.assertTrue(done.interrupted)
    self.assertEqual([run['allocator'] for run in done.runs], ['A', 'B'])
    self.assertEqual([run['noisy'] for run in done.runs], [False, False])

  def test_after_the_deadline_only_the_first_of_each_cell(self):
    runs = plan.order(CELLS, [], [A, B], 2, latency=True)
    done = self.measure(runs, deadline=1)
    self.assertEqual([(run['kind'], run['repeat']) for run in done.runs],
                     [('throughput', 0)] * 4)
    self.assertEqual(done.dropped, 8)

  def test_the_instrumented_library_stands_in_for_headroom(self):
    counting = allocators.Allocator('A', '/libA_measured.so')
    with mock.patch.object(worker, 'run') as run:
      run.return_value = {'operations': 1}
      self.measure([plan.Turn(CELLS[0], (A,), 'measured')],
                   measured=counting)
    run.assert_called_once_with(CELLS[0], counting, 'measured', 0.1, '')


class ProgressTest(unittest.TestCase):

  def test_time_left_is_learnt_from_what_came(self):
    shown = progress.Progress(io.StringIO(), 0.1, clock=lambda: 0)
    turns = plan.order(CELLS, ['redis'], [A, B], 1)
    self.assertAlmostEqual(shown.left(turns), 4 * 0.2 + 2 * 2)
    shown.took(turns[0], 3)  # of two allocators
    self.assertAlmostEqual(shown.left(turns[1:]), 2 * 1.5 + 2 * 2)

  def test_no_more_is_left_than_the_deadline_allows(self):
    shown = progress.Progress(io.StringIO(), 100, deadline=7, clock=lambda: 4)
    self.assertEqual(shown.left(plan.order(CELLS, [], [A], 1)), 3)

  def test_a_file_gets_a_line_now_and_then_a_terminal_all_in_place(self):
    now = [0]
    turns = plan.order(CELLS, [], [A], 1)
    out = io.StringIO()
    shown = progress.Progress(out, 59.9, clock=lambda: now[0])
    shown.show(turns, 4)
    self.assertEqual(out.getvalue(), '')
    now[0] = 11
    shown.show(turns, 4)
    self.assertEqual(out.getvalue(),
                     'x: 2 of 4 turns, 2 min 00 s left: x on 1, A\n')
    out = io.StringIO()
    out.isatty = lambda: True
    progress.Progress(out, 0.4).show(plan.order(CELLS, [], [A, B], 1), 2)
    self.assertEqual(out.getvalue(),
                     '\r0 of 2 turns, 2 s left: x on 1, 2 allocators\x1b[K')


if __name__ == '__main__':
  unittest.main()
