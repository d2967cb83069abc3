"""Stored failures: their kinds, and the commands that show them again."""

import unittest

import artifact


class ArtifactTest(unittest.TestCase):

  def test_kinds(self):
    for name, kind in [('crash-0a', 'crash'), ('leak-0a', 'leak'),
                       ('oom-0a', 'oom'), ('timeout-0a', 'timeout'),
                       ('slow-unit-0a', 'slow-unit'), ('id000', 'crash')]:
      self.assertEqual(artifact.kind('/x/heap/' + name), kind)

  def test_a_slow_input_is_no_failure(self):
    self.assertFalse(artifact.is_failure('/x/slow-unit-1'))
    self.assertTrue(artifact.is_failure('/x/timeout-1'))

  def test_commands(self):
    commands = dict(artifact.commands('heap', '/a b/crash-1'))
    self.assertEqual(
        commands['replay'],
        "bazel run --config=fuzz //fuzz:heap_fuzz_test_bin -- '/a b/crash-1'")
    self.assertEqual(commands['on the release build'],
                     "bazel run //fuzz:heap_fuzz_test_bin -- '/a b/crash-1'")
    self.assertIn("-- --print '/a b/crash-1'",
                  commands['as a list of operations'])

  def test_a_path_becomes_absolute(self):
    self.assertRegex(artifact.commands('heap', 'crash-1')[0][1], r'-- /.*crash')

  def test_the_first_words_of_a_replay(self):
    text = ('INFO: Seed: 1\nRunning: crash-1\n\nINFO: more\n'
            'heap_state.cc:220: broken: content\n==1== ERROR: libFuzzer\n')
    self.assertEqual(artifact.words_after_start(text),
                     'heap_state.cc:220: broken: content')
    self.assertEqual(
        artifact.words_after_start(
            'Running: x\n=====\n==9==ERROR: AddressSanitizer: SEGV\n'),
        '==9==ERROR: AddressSanitizer: SEGV')
    self.assertEqual(artifact.words_after_start('killed\n'), 'killed')
    self.assertEqual(artifact.words_after_start(''), '')


if __name__ == '__main__':
  unittest.main()
