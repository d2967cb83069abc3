"""./x fuzz's arguments: what they mean, and what is refused."""

import unittest

import arguments

KNOWN = ['damage', 'heap', 'options']


class ArgumentsTest(unittest.TestCase):

  def parse(self, *words):
    return arguments.parse(words, KNOWN)

  def refuse(self, sentence, *words):
    with self.assertRaisesRegex(arguments.BadArguments, sentence):
      self.parse(*words)

  def test_nothing_means_all_for_a_minute(self):
    request = self.parse()
    self.assertEqual((request.mode, request.names, request.seconds),
                     ('fuzz', KNOWN, 60))

  def test_a_number_is_seconds_for_all(self):
    request = self.parse('600')
    self.assertEqual((request.names, request.seconds), (KNOWN, 600))

  def test_names_and_seconds(self):
    request = self.parse('heap', 'damage', '5')
    self.assertEqual((request.names, request.seconds), (['heap', 'damage'], 5))

  def test_modes(self):
    self.assertEqual(self.parse('--merge').mode, 'merge')
    self.assertEqual(self.parse('--merge', 'heap').names, ['heap'])
    self.assertEqual(self.parse('--afl', 'heap', '7').seconds, 7)
    self.assertTrue(self.parse('--coverage', '--with-tests').with_tests)
    self.assertTrue(self.parse('--coverage', '--check').check)
    self.assertFalse(self.parse('--coverage').check)

  def test_refusals(self):
    self.refuse("no fuzzer 'hep', there are: damage, heap, options", 'hep')
    self.refuse("'soon' is not a number of seconds", '60', 'soon')
    self.refuse('takes one number of seconds', '1', '2')
    self.refuse('takes at least 1 second', 'heap', '0')
    self.refuse("knows no option '--marge'", '--marge')
    self.refuse('takes one of', '--merge', '--afl')
    self.refuse('--merge takes no seconds', '--merge', '60')
    self.refuse('--with-tests belongs to', '--with-tests')
    self.refuse('--check belongs to', '--check', 'heap')
    self.refuse('--afl takes the name of one fuzzer', '--afl', '60')
    self.refuse('--afl takes the name of one fuzzer', '--afl', 'heap', 'damage')

  def test_no_fuzzer_at_all(self):
    with self.assertRaisesRegex(arguments.BadArguments, 'there are: none'):
      arguments.parse(['heap'], [])


if __name__ == '__main__':
  unittest.main()
