"""One process of the worker: what it is asked, what is believed."""

import json
import pathlib
import unittest
from unittest import mock

import allocators
import plan
import project
import worker

GOOD = {'operations': 5, 'wall_s': 1, 'user_s': 1, 'system_s': 0,
        'peak_rss_kib': 9, 'malloc_file': '/bin/sh'}


class WorkerTest(unittest.TestCase):

  def setUp(self):
    patch = mock.patch.object(project, 'worker', lambda: pathlib.Path('/w'))
    patch.start()
    self.addCleanup(patch.stop)

  def test_command(self):
    cell = plan.Cell('larson', 4)
    self.assertEqual(worker.command(cell, 'throughput', 0.1), [
        '/w', '--workload=larson', '--threads=4', '--seconds=0.1'])
    self.assertEqual(worker.command(cell, 'latency', 0.5)[4:],
                     ['--latency', '--rss_every_ms=10'])
    self.assertEqual(worker.command(cell, 'measured', 0.5, hold='8=5ms')[4:],
                     ['--hold_lock=8=5ms'])
    self.assertEqual(worker.command(cell, 'throughput', 0.5, hold='8=5ms')[4:],
                     [])

  def refuse(self, sentence, function, *arguments):
    with self.assertRaisesRegex(project.Failed, sentence):
      function(*arguments)

  def test_answers_that_are_none(self):
    self.assertEqual(worker.parse(json.dumps(GOOD)), GOOD)
    self.refuse("answered 'oops', which is no JSON", worker.parse, 'oops\n')
    self.refuse("answered '3', which is no JSON object", worker.parse, '3')
    self.refuse('left out wall_s, malloc_file', worker.parse, json.dumps(
        {k: v for k, v in GOOD.items() if k not in ('wall_s', 'malloc_file')}))
    self.refuse('did no operation', worker.parse,
                json.dumps({**GOOD, 'operations': 0}))

  def test_malloc_is_that_of_the_library(self):
    worker.check_malloc(GOOD, allocators.Allocator('sh', '/bin/sh'))
    with self.assertRaisesRegex(worker.WrongMalloc,
                                'peer did not run on /lib/peer.so but on '):
      worker.check_malloc(GOOD, allocators.Allocator('peer', '/lib/peer.so'))

  def run_shell(self, script, limit=60):
    return worker._run(['/bin/sh', '-c', script], project.environment(), limit)

  def test_how_a_process_ends(self):
    self.assertEqual(self.run_shell('echo out; echo err >&2'), 'out\n')
    self.refuse('ended with status 3: last words', self.run_shell,
                'echo first >&2; echo last words >&2; exit 3')
    self.refuse('died of signal 9: without a word', self.run_shell,
                'kill -KILL $$')
    self.refuse('was stopped after 0 s', self.run_shell, 'sleep 600 & wait',
                0.01)
    with self.assertRaisesRegex(worker.WrongMalloc, 'cannot be preloaded'):
      self.run_shell('LD_PRELOAD=/nowhere.so /bin/true')

  def test_the_environment_has_no_tuning_of_the_caller(self):
    with mock.patch.dict('os.environ', {
        'MALLOC_ARENA_MAX': '1', 'LD_PRELOAD': '/x.so', 'KEPT': 'yes',
        'HEADROOM_OPTIONS': 'strict=1', 'MIMALLOC_VERBOSE': '1'}):
      clean = project.environment()
      self.assertEqual(clean['KEPT'], 'yes')
      for name in ('MALLOC_ARENA_MAX', 'LD_PRELOAD', 'HEADROOM_OPTIONS',
                   'MIMALLOC_VERBOSE'):
        self.assertNotIn(name, clean)
      tuned = project.environment(['/a.so', '/b.so'], 'strict=2')
      self.assertEqual((tuned['LD_PRELOAD'], tuned['HEADROOM_OPTIONS']),
                       ('/a.so:/b.so', 'strict=2'))


if __name__ == '__main__':
  unittest.main()
