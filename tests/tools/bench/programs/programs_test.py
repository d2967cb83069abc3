"""Real programs on one malloc: figures, and what is refused.

That the programs do the right thing on it is tests/programs' to show.
"""

import os
import unittest

import allocators
import arguments
import programs
import project
from programs import server as servers
from programs import stage as stages

HEADROOM = allocators.of_library('headroom', os.environ['HEADROOM_LIBRARY'])


class ProgramsTest(unittest.TestCase):

  def run_program(self, name):
    result = programs.run(name, HEADROOM)
    self.assertEqual(result['malloc_file'], HEADROOM.file)
    for figure in ('wall_s', 'peak_rss_kib'):
      self.assertGreater(result[figure], 0, figure)
    self.assertGreaterEqual(result['user_s'] + result['system_s'], 0)
    return result

  def test_programs_that_end(self):
    for name in ('sqlite3', 'python3', 'clang', 'git_gc'):
      with self.subTest(name):
        self.assertEqual(self.run_program(name)['operations'], 1)

  def test_servers(self):
    for name in ('redis', 'nginx'):
      with self.subTest(name):
        self.assertGreater(self.run_program(name)['operations'], 1000)

  def test_each_that_can_be_asked_for_is_there(self):
    self.assertEqual(set(arguments.PROGRAMS),
                     {'sqlite3', 'python3', 'clang', 'git_gc', 'redis',
                      'nginx'})


class StageTest(unittest.TestCase):

  def on_stage(self, allocator, *words):
    with stages.Stage(allocator) as stage:
      self.folder = stage.folder
      return stage.command(*words)

  def test_the_program_alone_has_the_library(self):
    checked = self.on_stage(HEADROOM, 'sh', '-c', 'test "$LD_PRELOAD" = %s' %
                            HEADROOM.file)
    self.assertEqual(checked['operations'], 1)
    with stages.Stage(HEADROOM) as stage:
      self.assertEqual(stage.tool('sh', '-c', 'echo "$LD_PRELOAD"'), '\n')

  def test_the_peak_is_the_program_s_own(self):
    small = self.on_stage(HEADROOM, 'true')['peak_rss_kib']
    self.assertLess(small, 8 * 1024)  # less than an interpreter has

  def test_nothing_is_left_behind(self):
    self.on_stage(HEADROOM, 'touch', 'a_file')
    self.assertFalse(self.folder.exists())

  def refuse(self, sentence, allocator, *words):
    with self.assertRaisesRegex(project.Failed, sentence):
      self.on_stage(allocator, *words)

  def test_failures_are_sentences(self):
    self.refuse('sh ended with status 3: why', HEADROOM, 'sh', '-c',
                'echo why >&2; exit 3')
    self.refuse('cannot be preloaded', allocators.Allocator(
        'none', '/nowhere.so', ('/nowhere.so',)), 'true')

  def test_a_server_that_does_not_start(self):
    with stages.Stage(HEADROOM) as stage:
      with self.assertRaisesRegex(project.Failed, 'sh did not start: busy'):
        with stage.server('sh', '-c', 'echo busy; exit 1', ready=lambda: False):
          pass

  def test_a_server_without_the_library(self):
    with stages.Stage(HEADROOM) as stage:
      with self.assertRaisesRegex(project.Failed, 'has not mapped'):
        with stage.server('env', '-u', 'LD_PRELOAD', 'sleep', '600',
                          ready=lambda: True):
          pass

  def test_what_a_tool_must_have_printed(self):
    servers.require('Failed: ', '0', 'Done: 3\nFailed:   0\n')
    with self.assertRaisesRegex(project.Failed, 'Failed:   2'):
      servers.require('Failed: ', '0', 'Failed:   2\n')
    with self.assertRaisesRegex(project.Failed, "no line 'Failed:'"):
      servers.require('Failed: ', '0', '')


if __name__ == '__main__':
  unittest.main()
