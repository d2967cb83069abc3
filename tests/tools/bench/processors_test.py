"""The processes that time a loop, one on each processor."""

import os
import pathlib
import subprocess
import sys
import time
import unittest

import processors

# Says its children's numbers once they have answered, then waits to be killed.
HOLDER = '''
import multiprocessing, time, processors
assert processors.Processors()() > 0
print(*[one.pid for one in multiprocessing.active_children()], flush=True)
time.sleep(600)
'''


class ProcessorsTest(unittest.TestCase):

  def test_the_slowest_counts(self):
    times = processors.Processors()
    first, second = times(), times()
    self.assertGreater(min(first, second), 0)

  def test_a_benchmark_that_is_killed_leaves_none_behind(self):
    with subprocess.Popen(
        [sys.executable, '-c', HOLDER], stdout=subprocess.PIPE,
        cwd=pathlib.Path(processors.__file__).parent) as holder:
      children = holder.stdout.readline().split()
      holder.kill()
    self.assertEqual(len(children), len(os.sched_getaffinity(0)))
    deadline = time.monotonic() + 60
    while any(self._lives(child) for child in children):
      self.assertLess(time.monotonic(), deadline)
      time.sleep(0.1)

  @staticmethod
  def _lives(child):
    try:
      state = pathlib.Path('/proc', child.decode(), 'stat').read_text()
    except OSError:
      return False
    return state.rpartition(')')[2].split()[0] != 'Z'


if __name__ == '__main__':
  unittest.main()
