"""Which version a library is, by what is in the file."""

import os
import pathlib
import tempfile
import unittest
from unittest import mock

import project
import versions


class VersionsTest(unittest.TestCase):

  def setUp(self):
    work = tempfile.TemporaryDirectory()
    self.addCleanup(work.cleanup)
    self.folder = pathlib.Path(work.name)

  def shared_object(self, content, name='lib.so'):
    path = self.folder / name
    path.write_bytes(content)
    return path

  def version(self, content):
    return versions.read(self.shared_object(content))['version']

  def test_texts(self):
    self.assertEqual(self.version(b'ELF\0gperftools 2.10\0x'), '2.10')
    self.assertEqual(self.version(
        b'\0005.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c\0'), '5.3.0')
    self.assertEqual(self.version(
        b'GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n'),
                     '2.36')

  def test_the_proxy_has_its_library_beside_it(self):
    self.shared_object(b'TBBmalloc: VERSION\t\t2021.8\0', 'libtbbmalloc.so.2')
    proxy = self.shared_object(b'nothing', 'libtbbmalloc_proxy.so.2')
    self.assertEqual(versions.read(proxy)['version'], '2021.8')

  def test_a_function_is_called(self):
    facts = versions.read(os.environ['FAKE_MIMALLOC'])
    self.assertEqual(facts['version'], '2.0.9')

  def test_nothing_in_it_but_its_bytes(self):
    facts = versions.read(self.shared_object(b'nothing'))
    self.assertEqual(facts['sha256'], '1785cfc3bc6ac773')
    self.assertEqual(facts['version'], 'sha256 1785cfc3bc6ac773')
    self.assertEqual((facts['package'], facts['build_id']), ('', ''))

  def test_a_package(self):
    def dpkg(*words, **_):
      if words[1] == '--search':
        return 'libx1:amd64: %s\n' % words[2]
      return 'libx1 1:2.0.9+ds-2' if words[0] == 'dpkg-query' else ''

    with mock.patch.object(project, 'output_of', dpkg):
      facts = versions.read(self.shared_object(b'nothing'))
    self.assertEqual(facts['package'], 'libx1 1:2.0.9+ds-2')
    self.assertEqual(facts['version'], '2.0.9')

  def test_debian_s_versions(self):
    self.assertEqual(
        [versions.upstream(text) for text in (
            '2.36-9+deb12u14', '1:22.1.8~++2025-1', '2021.8.0-2+deb12u1', '')],
        ['2.36', '22.1.8', '2021.8.0', ''])


if __name__ == '__main__':
  unittest.main()
