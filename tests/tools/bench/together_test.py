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
CELL = plan.Cell('larson', 2)
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
    self.allocators = [allocators.of_library(name, self.library(name))
                       for name in ('one', 'two')]

  def library(self, name):
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
        'lib%s.so --workload=larson --threads=2 --seconds=%g --slices' %
        (name, together.SLICE_S) for name in ('one', 'two')])
    for one in self.allocators:
      answer = answers[one.name]
      self.assertAlmostEqual(answer['wall_s'], THREE)
      self.assertEqual(answer['malloc_file'], one.file)
      self.assertEqual([ns for _, ns in answer['slices']],
                       [together.SLICE_S * 1e9] * 3)
      self.assertAlmostEqual(sum(done for done, _ in answer['slices']),
                             answer['operations'], delta=3)

  def test_they_take_turns(self):
    order = []
    slice_of = together._Sliced.slice

    def note(sliced):
      order.append(sliced.allocator.name)
      return slice_of(sliced)

    with mock.patch.object(together._Sliced, 'slice', note):
      self.run_both()
    self.assertEqual(order, ['one', 'two'] * 3)

  def test_a_slice_is_no_longer_than_the_run(self):
    self.assertAlmostEqual(self.run_both(0.001)['one']['wall_s'], 0.001)

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

    for available, most in (1000, 2), (199, 1):
      self.most = 0
      kib = {'VmHWM': 100, 'MemAvailable': available}
      with mock.patch.object(together, '_kib', lambda _, name: kib[name]), \
           mock.patch.object(together._Sliced, '__init__', note_start), \
           mock.patch.object(together._Sliced, 'kill', note_kill):
        self.assertEqual(set(self.run_both()), {'one', 'two'})
      self.assertEqual((self.most, running), (most, []))

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
    self.assertAlmostEqual(answers['two']['wall_s'], THREE)

  def test_an_answer_that_is_none(self):
    self.misbehave('slice', 'soon')
    self.assertEqual(self.sentence(self.run_both(), 'two'),
                     "fake_worker.py answered 'soon' to a slice")

  def test_one_that_never_answers_is_ended(self):
    self.misbehave('stop', '2')
    with mock.patch.object(together, 'LIMIT_S', 0.5):
      answers = self.run_both()
    self.assertEqual(self.sentence(answers, 'two'),
                     'fake_worker.py was stopped after 0.5 s')
    self.assertAlmostEqual(answers['one']['wall_s'], THREE)
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
