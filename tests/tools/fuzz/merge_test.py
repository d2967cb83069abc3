"""What a merge does to a corpus: names, what stays, what goes where."""

import os
import pathlib
import tempfile
import unittest

import afl
import merge


class MergeTest(unittest.TestCase):

  def setUp(self):
    work = tempfile.TemporaryDirectory()
    self.addCleanup(work.cleanup)
    self.folders = []
    for name in ('corpus', 'chosen', 'found'):
      folder = pathlib.Path(work.name) / name
      folder.mkdir()
      self.folders.append(folder)

  def names(self, folder):
    return [path.name for path in merge.files(folder)]

  def test_the_corpus_becomes_what_was_chosen(self):
    corpus, chosen, found = self.folders
    abc = merge.hashed_name(b'abc')
    (corpus / abc).write_bytes(b'abc')
    (corpus / '0123456789ab').write_bytes(b'no longer needed')
    (corpus / 'regression-twice').write_bytes(b'twice')
    (chosen / 'a9993e364706816aba3e25717850c26c9cd0d89d').write_bytes(b'abc')
    (chosen / ('f' * 40)).write_bytes(b'new')
    (chosen / 'regression-twice').write_bytes(b'twice')
    merge.replace_corpus(corpus, chosen, found)
    self.assertEqual(
        self.names(corpus),
        sorted([abc, merge.hashed_name(b'new'), 'regression-twice']))
    self.assertEqual(self.names(found), ['0123456789ab'])

  def test_names(self):
    self.assertEqual(merge.hashed_name(b'abc'), 'a9993e364706')
    self.assertTrue(merge.is_named(pathlib.Path('regression-1')))
    self.assertFalse(merge.is_named(pathlib.Path('a9993e364706')))
    self.assertFalse(merge.is_named(pathlib.Path('0' * 40)))

  def test_a_failure_that_iswritten_again_is_seen(self):
    folder = self.folders[0]
    (folder / 'crash-1').write_bytes(b'x')
    before = merge.written(folder)
    self.assertEqual(merge.written(folder), before)
    os.utime(str(folder / 'crash-1'), ns=(1, 1))
    self.assertNotEqual(merge.written(folder), before)


class AflTest(unittest.TestCase):

  def test_statistics(self):
    read = afl.read_statistics(
        'execs_done        : 37399\nafl_banner        : a:b\n\n')
    self.assertEqual(read, {'execs_done': '37399', 'afl_banner': 'a:b'})

  def test_what_it_was_given_is_not_new(self):
    self.assertFalse(afl.is_new('id:000001,time:0,execs:0,orig:01f2d3d4a941'))
    self.assertTrue(afl.is_new('id:000183,src:000004,time:95,op:havoc,rep:2'))
    self.assertFalse(afl.is_new('.state'))


if __name__ == '__main__':
  unittest.main()
