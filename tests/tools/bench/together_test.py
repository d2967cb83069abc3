"""Slices by turns: who runs when, what is made of it, and what goes wrong."""

import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import types
import unittest
from unittest import mock

import allocators
import plan
import project
import together
import worker

FAKE = pathlib.Path(__file__).with_name('fake_worker.py')
CELL = plan.Cell('larson', 1)
THREE = 3 * together.SLICE_S


class TogetherTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = pathlib.Path(folder.name)
    for patch in (mock.patch.object(project, 'worker', lambda: FAKE),
                  mock.patch.dict(os.environ, FAKE_WORKER=str(self.folder))):
      patch.start()
      self.addCleanup(patch.stop)
    self.allocators = [allocators.of_library(name, self.shared_object(name))
                       for name in ('one', 'two')]

  def shared_object(self, name):
    path = self.folder / ('lib%s.so' % name)
    shutil.copy(project.system_library().with_name('libm.so.6'), path)
    return path

  def misbehave(self, how, text):
    (self.folder / how).write_text(text)

  def calls(self):
    return (self.folder / 'calls').read_text().splitlines()

  def run_both(self, seconds=THREE):
    return together.run(CELL, self.allocators, seconds)

  def sentence(self, answers, name):
    self.assertIsInstance(answers[name], project.Failed)
    return str(answers[name])

  def test_each_has_its_slices(self):
    answers = self.run_both()
    self.assertEqual(list(answers), ['one', 'two'])
    self.assertEqual(self.calls(), [
        'lib%s.so --workload=larson --threads=1 --seconds=%g --slices' %
        (name, together.SLICE_S) for name in ('one', 'two')])
    for one in self.allocators:
      answer = answers[one.name]
      # The first one is in no round.
      self.assertAlmostEqual(answer['wall_s'], THREE + together.SLICE_S)
      self.assertEqual(answer['malloc_file'], one.file)
      self.assertEqual([ns for _, ns in answer['slices']],
                       [together.SLICE_S * 1e9] * 3)
      self.assertAlmostEqual(4 * answer['slices'][0][0], answer['operations'],
                             delta=4)

  def test_they_take_turns(self):
    order = []
    slice_of = together._Sliced.slice

    def note(sliced):
      order.append(sliced.allocator.name)
      return slice_of(sliced)

    with mock.patch.object(together._Sliced, 'slice', note):
      self.run_both()
    self.assertEqual(order, ['one', 'two'] + ['one', 'two'] + ['two', 'one'] +
                     ['one', 'two'])

  def test_how_long_a_slice_is(self):
    with mock.patch.object(os, 'sched_getaffinity', lambda _: {0, 7}):
      for threads, seconds, length in (
          (1, 1, 0.02), (2, 1, 0.02), (2, 0.001, 0.001), (6, 1, 0.06),
          (1000, 1, 0.1), (1000, 0.05, 0.05)):
        self.assertAlmostEqual(
            together.slice_s(plan.Cell('larson', threads), seconds), length)

  def test_slow_slices_are_fewer(self):
    self.misbehave('slice', '9 %d' % (2e9 * together.SLICE_S))
    self.assertEqual(len(self.run_both()['one']['slices']), 2)

  def test_what_does_not_fit_into_memory_comes_afterwards(self):
    running = []
    start = together._Sliced.__init__
    kill = together._Sliced.kill

    def note_start(sliced, *arguments):
      running.append(arguments[1].name)
      self.most = max(self.most, len(running))
      start(sliced, *arguments)

    def note_kill(sliced):
      running.remove(sliced.allocator.name)
      kill(sliced)

    for available, most in (300, 2), (299, 1):
      self.most = 0
      kib = {'VmHWM': 100, 'MemAvailable': available}
      with mock.patch.object(together, '_kib', lambda _, name: kib[name]), \
           mock.patch.object(together._Sliced, '__init__', note_start), \
           mock.patch.object(together._Sliced, 'kill', note_kill):
        answers = self.run_both()
      self.assertEqual((self.most, running), (most, []))
      # Slices of different groups are no rounds: each has one, of all.
      of_all = THREE * 1e9
      self.assertEqual(
          [[ns for _, ns in answers[name]['slices']] for name in ('one', 'two')],
          [[of_all / 3] * 3] * 2 if most == 2 else [[of_all]] * 2)

  def test_memory_is_read(self):
    self.assertGreater(together._kib('/proc/self/status', 'VmHWM'), 1000)
    self.assertGreater(together._kib('/proc/meminfo', 'MemAvailable'), 1000)
    self.assertEqual(together._kib('/nowhere', 'VmHWM'), 0)

  def test_one_that_dies_leaves_the_others(self):
    self.misbehave('crash', 'libone')
    answers = self.run_both()
    self.assertEqual(self.sentence(answers, 'one'),
                     'fake_worker.py ended with status 1: fake_worker: it was '
                     'told to die')
    self.assertEqual(len(answers['two']['slices']), 3)

  def test_one_that_dies_on_the_way_is_ended_at_once(self):
    self.misbehave('mortal', 'libone')
    gone = []
    kill = together._Sliced.kill
    measured = together._Sliced.slice

    def note(sliced):
      gone.append(sliced.allocator.name)
      kill(sliced)

    def look(sliced):
      if sliced.allocator.name == 'two':
        gone.append('slice of two')
      return measured(sliced)

    with mock.patch.object(together._Sliced, 'kill', note), \
         mock.patch.object(together._Sliced, 'slice', look):
      answers = self.run_both()
    self.assertEqual(self.sentence(answers, 'one'),
                     'fake_worker.py ended with status 1: fake_worker: it is '
                     'mortal')
    self.assertEqual(len(answers['two']['slices']), 3)
    self.assertIn('slice of two', gone[gone.index('one'):])

  def test_an_answer_that_is_none(self):
    self.misbehave('slice', 'soon')
    self.assertEqual(self.sentence(self.run_both(), 'two'),
                     "fake_worker.py answered 'soon' to a slice")

  def test_one_that_never_answers_is_ended(self):
    self.misbehave('stop', '2')
    with mock.patch.object(together, 'LIMIT_S', 5):
      answers = self.run_both()
    self.assertEqual(self.sentence(answers, 'two'),
                     'fake_worker.py was stopped after 5 s')
    self.assertEqual(len(answers['one']['slices']), 3)
    self.assert_gone()

  def test_an_interrupt_ends_them_all(self):
    started = []
    popen = subprocess.Popen

    def start(*words, **more):
      started.append(popen(*words, **more))
      return started[-1]

    def interrupt(*arguments):
      if len(started) == 2:
        raise KeyboardInterrupt
      return select.select(*arguments)

    with mock.patch.object(subprocess, 'Popen', start), \
         mock.patch.object(together, 'select',
                           types.SimpleNamespace(select=interrupt)):
      with self.assertRaises(KeyboardInterrupt):
        self.run_both()
    self.assertEqual([one.returncode for one in started],
                     [-signal.SIGKILL] * 2)

  def assert_gone(self):
    pid = int((self.folder / 'pid').read_text())
    for _ in range(100):
      if not pathlib.Path('/proc', str(pid)).exists():
        return
      time.sleep(0.01)
    self.fail('%d is still there' % pid)

  def test_another_malloc_ends_it_all(self):
    self.misbehave('wrong_malloc', '/usr/bin/env')
    with self.assertRaisesRegex(worker.WrongMalloc, 'one did not run on '):
      self.run_both()


if __name__ == '__main__':
  unittest.main()
