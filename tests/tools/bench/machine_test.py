"""What is recorded of the machine, and what callgrind says at its end."""

import pathlib
import tempfile
import unittest
from unittest import mock

import callgrind
import machine
import project


class MachineTest(unittest.TestCase):

  def test_flags_are_the_compiler_s(self):
    with tempfile.TemporaryDirectory() as folder:
      root = pathlib.Path(folder)
      (root / 'tools').mkdir()
      (root / '.bazelrc').write_text(
          '# build --copt=-no\nbuild -c opt\nbuild --copt=-fomit\n'
          'build --test_timeout=3\nbuild:asan --copt=-fsanitize=address\n')
      (root / 'tools' / 'copts.bzl').write_text(
          'HEADROOM_COPTS = [\n  "-std=c++20",\n  "-Wall",\n] + select({"x":'
          ' ["-Wthread"]})\n')
      with mock.patch.object(project, 'ROOT', root):
        self.assertEqual(machine._flags(), '-c opt -fomit -std=c++20 -Wall')

  def test_the_chosen_one_is_in_brackets(self):
    self.assertEqual(machine.chosen('always [madvise] never\n'), 'madvise')
    self.assertEqual(machine.chosen(''), 'unknown')

  def test_everything_is_there(self):
    with mock.patch.object(project, 'worker', lambda: '/bin/sh'):
      found = machine.describe()
    self.assertEqual(set(found), {
        'cpu', 'processors', 'virtual', 'kernel', 'thp', 'governor', 'libc',
        'compiler', 'flags', 'revision', 'memory_mib', 'load'})
    self.assertGreater(found['memory_mib'], 100)
    self.assertRegex(found['libc'], r'^glibc 2\.\d+ \(')


class CallgrindTest(unittest.TestCase):

  def test_the_total(self):
    said = '==7== Events    : Ir\n==7== Collected : 1234\n==7== done\n'
    self.assertEqual(callgrind.collected(said), 1234)
    with self.assertRaisesRegex(project.Failed, 'counted nothing: what'):
      callgrind.collected('what\n')

  def test_the_longer_run_less_the_shorter(self):
    asked = []
    runs = []
    def run(_cell, _allocator, operations):
      asked.append(operations)
      return runs.pop(0)
    self.enterContext(mock.patch.object(callgrind, '_run', run))
    self.enterContext(mock.patch.object(
        callgrind.worker, 'run', lambda *_: {'operations': 234}))
    runs[:] = [({'operations': 100}, 50000), ({'operations': 300}, 62000)]
    self.assertEqual(callgrind.count(None, None), {
        'operations': 300, 'instructions_per_operation': 30})
    self.assertEqual(asked, [100, 300])
    runs[:] = [({'operations': 100}, 50000), ({'operations': 90}, 62000)]
    with self.assertRaisesRegex(project.Failed, 'no more operations'):
      callgrind.count(None, None)


if __name__ == '__main__':
  unittest.main()
