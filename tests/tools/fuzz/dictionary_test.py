"""A fuzzer's dictionary reaches libFuzzer and AFL++."""

import os
import pathlib
import tempfile
import unittest
from unittest import mock

import afl
import job
import project
import run


class DictionaryTest(unittest.TestCase):

  def setUp(self):
    work = tempfile.TemporaryDirectory()
    self.addCleanup(work.cleanup)
    self.root = pathlib.Path(work.name)
    for patch in (mock.patch.object(project, 'ROOT', self.root),
                  mock.patch.dict(os.environ, XDG_CACHE_HOME=work.name)):
      patch.start()
      self.addCleanup(patch.stop)
    (self.root / 'fuzz').mkdir()
    self.dictionary = self.root / 'fuzz' / 'options_fuzz_test.dict'
    self.dictionary.write_text('"strict="\n')

  def libfuzzer_log(self, name):
    """What a program that shows its arguments was given."""
    program = project.binary(self.root, name)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    one = job.Job(name, self.root, 1)
    one.start()
    while one.poll():
      pass
    return one.log.read_text().splitlines()

  def test_libfuzzer(self):
    self.assertIn('-dict=%s' % self.dictionary, self.libfuzzer_log('options'))
    self.assertNotIn('-dict', ' '.join(self.libfuzzer_log('heap')))

  def test_afl(self):
    words = afl.command('options', self.root, 9, self.root)
    at = words.index('-x')
    self.assertEqual(words[at + 1], str(self.dictionary))
    self.assertLess(at, words.index('--'))
    self.assertNotIn('-x', afl.command('heap', self.root, 9, self.root))

  def test_it_is_built(self):
    with mock.patch.object(project, 'build', side_effect=project.Failed) as build:
      for fuzz in (lambda: run.fuzz(['options'], 9),
                   lambda: afl.fuzz('options', 9)):
        with mock.patch('shutil.which', return_value='afl-fuzz'):
          with mock.patch('builtins.print'):
            self.assertRaises(project.Failed, fuzz)
        self.assertEqual(build.call_args[0][1], ['//fuzz:options_fuzz_test_run'])


if __name__ == '__main__':
  unittest.main()
