"""Whole runs and merges, with a program that plays libFuzzer."""

import contextlib
import io
import os
import pathlib
import shutil
import signal
import tempfile
import threading
import time
import unittest
from unittest import mock

import merge
import project
import run

FAKE = pathlib.Path(__file__).with_name('fake_fuzzer.sh')


class WithFakeFuzzers(unittest.TestCase):

  def setUp(self):
    work = tempfile.TemporaryDirectory()
    self.addCleanup(work.cleanup)
    self.root = pathlib.Path(work.name)
    self.patch(mock.patch.object(project, 'ROOT', self.root))
    self.patch(mock.patch.object(project, 'build', self.build))
    self.patch(mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.root)))

  def patch(self, patch):
    patch.start()
    self.addCleanup(patch.stop)

  def build(self, config, labels):
    self.assertEqual(config, 'fuzz')
    for label in labels:
      name = label.replace('//fuzz:', '').rsplit('_', 1)[0] + '_bin'
      program = self.root / 'fuzz' / name
      program.parent.mkdir(exist_ok=True)
      shutil.copy(str(FAKE), str(program))
    return self.root

  def call(self, function, *arguments):
    """Returns (status, what it printed)."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
      status = function(*arguments)
    return status, out.getvalue()


class RunTest(WithFakeFuzzers):

  def test_all_run_and_the_summary_adds_up(self):
    status, text = self.call(run.fuzz, ['good', 'well'], 9)
    self.assertEqual(status, 0)
    self.assertRegex(text, r'\ngood +40 +4 +6 +7 +1  done\n')
    self.assertRegex(text, r'\nwell +40 +4 +6 +7 +1  done\n')
    self.assertRegex(text,
                     r'\n80 executions in \d+ s, 2 new inputs, 0 failures')

  def test_a_crash_is_stored_and_explained(self):
    status, text = self.call(run.fuzz, ['crash', 'good'], 9)
    self.assertEqual(status, 1)
    stored = self.root / 'fuzz' / 'crashes' / 'crash' / 'crash-1'
    self.assertTrue(stored.exists())
    self.assertRegex(text, r'\ncrash .*  crash\n')
    self.assertRegex(text, r'\ngood .*  done\n')
    self.assertIn('1 failures', text)
    self.assertIn('it says: state.cc:7: broken: a promise', text)
    self.assertIn('bazel run //fuzz:crash_fuzz_test_bin -- %s\n' %
                  stored.resolve(), text)

  def test_a_slow_input_is_shown_and_no_failure(self):
    status, text = self.call(run.fuzz, ['slow'], 9)
    self.assertEqual(status, 0)
    self.assertIn('slow: slow input: ', text)
    self.assertIn('0 failures', text)

  def test_a_fuzzer_that_breaks_shows_its_last_words(self):
    status, text = self.call(run.fuzz, ['broken'], 9)
    self.assertEqual(status, 1)
    self.assertIn('broken: failed with status 1, and no input is to blame',
                  text)
    self.assertIn('  ERROR: no such flag', text)

  def test_ctrl_c_ends_with_the_summary(self):
    log = project.kept('patient') / 'log'

    def interrupt():
      while not log.exists() or 'NEW' not in log.read_text():
        time.sleep(0.01)
      os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    status, text = self.call(run.fuzz, ['patient'], 9)
    thread.join()
    self.assertEqual(status, 0)
    self.assertRegex(text, r'\npatient +40 +4 +6 +7 +1  stopped\n')


class MergeTest(WithFakeFuzzers):

  def test_found_inputs_join_the_corpus(self):
    (project.corpus('heap') / 'regression-1').write_text('old')
    (project.found('heap') / '0123456789ab').write_text('new')
    status, text = self.call(merge.merge, ['heap'])
    self.assertEqual(status, 0)
    self.assertRegex(text, r'heap +1 +2 +0 KiB  1 new')
    self.assertEqual(
        [p.name for p in merge.files(project.corpus('heap'))],
        [merge.hashed_name(b'new'), 'regression-1'])

  def test_nothing_is_merged_while_an_input_fails(self):
    (project.corpus('heap') / 'regression-1').write_text('old')
    (project.found('heap') / '0123456789ab').write_text('bad')
    for _ in range(2):  # the second time, the failure is stored already
      status, text = self.call(merge.merge, ['heap'])
      self.assertEqual(status, 1)
      self.assertIn('1 inputs fail, nothing merged', text)
      self.assertIn('it says: state.cc:7: broken: a promise', text)
      self.assertEqual(
          [p.name for p in merge.files(project.corpus('heap'))],
          ['regression-1'])


if __name__ == '__main__':
  unittest.main()
