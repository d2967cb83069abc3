"""Coverage: llvm-cov's export, shares by folder, lines that need a reason."""

import json
import unittest

import lcov
import uncovered

EXPORT = '''\
SF:/proc/self/cwd/allocator/base/lock.cc
FN:1,First
FN:5,Second
DA:1,3
DA:2,0
DA:4,0
DA:5,0
DA:6,0
DA:8,2
DA:9,0
BRDA:1,0,0,3
BRDA:1,0,1,-
end_of_record
SF:/proc/self/cwd/allocator/top.cc
DA:1,1
end_of_record
SF:/usr/include/stdio.h
DA:1,1
end_of_record
SF:/proc/self/cwd/allocator_of_another/a.cc
DA:1,1
end_of_record
'''
SOURCE = ['one', '  two', '', '  four', 'five', '  six', '', '', '  nine']
REASONS = '''\
# Comment.

allocator/base/lock.cc
  two
  five
    Because.
    Truly.
  *
    The rest.
'''


class LcovTest(unittest.TestCase):

  def test_only_the_folder_s_files(self):
    self.assertEqual(sorted(lcov.parse(EXPORT, 'allocator')),
                     ['allocator/base/lock.cc', 'allocator/top.cc'])

  def test_shares_by_folder(self):
    shares = lcov.folders(lcov.parse(EXPORT, 'allocator'))
    self.assertEqual(list(shares), ['allocator', 'allocator/base', ''])
    lines, branches = shares['allocator/base']
    self.assertEqual((lines.ran, lines.total), (2, 7))
    self.assertEqual((branches.ran, branches.total), (1, 2))
    self.assertEqual(str(shares[''][0]), '37.5 %')

  def test_a_block_ends_where_a_line_runs_or_a_function_begins(self):
    file = lcov.parse(EXPORT, 'allocator')['allocator/base/lock.cc']
    self.assertEqual(file.blocks(), [[2, 4], [5, 6], [9]])

  def test_a_line_behind_a_gap_runs_when_what_starts_on_it_runs(self):
    files = lcov.parse(EXPORT, 'allocator')
    segments = [
        [1, 9, 0, True, False, True], [2, 4, 7, True, False, False],  # Runs.
        [4, 3, 7, True, False, True],  # A gap is nothing that runs.
        [5, 3, 0, True, True, False], [5, 9, 7, True, False, False],  # Its end.
        [6, 1, 7, False, False, False],
        [8, 1, 9, True, True, False],  # Has its count.
        [7, 1, 7, True, True, False],  # Not a line of code.
    ]
    lcov.count_starts(files, json.dumps({'data': [{'files': [
        {'filename': '/proc/self/cwd/allocator/base/lock.cc',
         'segments': segments},
        {'filename': '/usr/include/stdio.h', 'segments': segments}]}]}))
    self.assertEqual(files['allocator/base/lock.cc'].lines,
                     {1: 3, 2: 7, 4: 0, 5: 0, 6: 0, 8: 2, 9: 0})


class UncoveredTest(unittest.TestCase):

  def explain(self, reasons):
    entries = uncovered.parse(reasons)
    files = lcov.parse(EXPORT, 'allocator')
    return uncovered.explain(files, entries, lambda path: SOURCE), entries

  def test_reasons(self):
    blocks, entries = self.explain(REASONS)
    self.assertEqual([b.reason for b in blocks],
                     ['Because. Truly.', 'Because. Truly.', 'The rest.'])
    self.assertEqual(str(blocks[0]), 'allocator/base/lock.cc:2-4: two')
    self.assertTrue(all(e.used for e in entries))

  def test_a_block_without_a_reason_and_a_reason_without_a_block(self):
    blocks, entries = self.explain(
        'allocator/base/lock.cc\n  two\n  gone\n    Because.\n')
    self.assertEqual([b.reason for b in blocks], ['Because.', '', ''])
    self.assertEqual([e.text for e in entries if not e.used], ['gone'])

  def test_a_broken_file_is_refused(self):
    for text in ('  two\n    Because.\n', 'a.cc\n  two\n',
                 'a.cc\n   three spaces\n', 'a.cc\n    No text.\n',
                 'a.cc\n  two\nb.cc\n    Of another file.\n'):
      with self.assertRaises(uncovered.BadFile, msg=text):
        uncovered.parse(text)


if __name__ == '__main__':
  unittest.main()
