"""What ./x bench accepts, what it makes of it, and what it refuses."""

import pathlib
import tempfile
import unittest

import arguments


def parse(*words):
  return arguments.parse(list(words))


class ArgumentsTest(unittest.TestCase):

  def setUp(self):
    work = tempfile.TemporaryDirectory()
    self.addCleanup(work.cleanup)
    self.folder = pathlib.Path(work.name).resolve()
    self.preload = self.folder / 'libpeer.so'
    self.preload.write_text('')

  def refuse(self, sentence, *words):
    with self.assertRaisesRegex(arguments.BadArguments, sentence):
      parse(*words)

  def test_defaults(self):
    request = parse()
    self.assertEqual((request.threads, request.repeats, request.seconds),
                     ([1, 2, 4, 8], 9, 0.1))
    self.assertEqual(request.programs, list(arguments.PROGRAMS))
    self.assertTrue(request.latency)
    self.assertFalse(request.no_workloads or request.threads_given)

  def test_quick_is_shorter_and_without_programs(self):
    request = parse('--quick')
    self.assertEqual((request.threads, request.repeats, request.programs),
                     ([1, 2, 4], 3, []))
    self.assertEqual(parse('--quick', '--repeats', '7').repeats, 7)
    self.assertEqual(parse('--quick', '--programs', 'redis').programs,
                     ['redis'])

  def test_workloads_leave_programs_out_and_the_other_way_round(self):
    self.assertEqual(parse('--workloads', 'larson,pair').programs, [])
    request = parse('--programs', '*it*,nginx')
    self.assertEqual(request.programs, ['sqlite3', 'git_gc', 'nginx'])
    self.assertTrue(request.no_workloads)
    request = parse('--programs=redis', '--workloads=pair')
    self.assertEqual(request.programs, ['redis'])
    self.assertFalse(request.no_workloads)
    self.assertEqual(parse('--no-programs').programs, [])

  def test_peers_and_levels(self):
    request = parse('--peer', 'a=%s,b=%s' % (self.preload, self.preload),
                    '--peer', 'c=%s' % self.preload, '--level', 'x=strict=1',
                    '--no-latency', '--threads', '4,1,4')
    self.assertEqual(request.peer, [(name, str(self.preload))
                                    for name in 'abc'])
    self.assertEqual(request.level, [('x', 'strict=1')])
    self.assertEqual(request.threads, [1, 4])
    self.assertFalse(request.latency)

  def test_wrong_values(self):
    self.refuse("argument --threads: wants numbers .* got '1,x'",
                '--threads', '1,x')
    self.refuse("argument --threads: .* got '0,1'", '--threads', '0,1')
    self.refuse("argument --threads: .* got ''", '--threads', '')
    self.refuse("argument --repeats: .* got '0'", '--repeats', '0')
    self.refuse("argument --repeats: .* got '1.5'", '--repeats', '1.5')
    for seconds in ('0', 'nan', 'inf', 'soon', '-1', '4000'):
      self.refuse('argument --seconds: .* got', '--seconds=' + seconds)
    for hold in ('200', '200=5', '200=0ms', '200=1000ms', 'x=5ms', '-1=5ms'):
      self.refuse('argument --hold-lock: wants BYTES=5ms, .* got',
                  '--hold-lock=' + hold)
    self.refuse('argument --workloads: wants names', '--workloads', ',')
    self.refuse('argument --repeats: expected one', '--repeats')

  def test_unknown_words(self):
    self.refuse("bench knows no argument 'pair'", 'pair')
    self.refuse("bench knows no argument '--filter'", '--filter', 'pair')
    self.refuse("bench knows no argument '--quic'", '--quic')

  def test_wrong_names(self):
    self.refuse("no program 'emacs', there are: redis, ",
                '--programs', 'emacs')
    self.refuse('exclude each other', '--programs', 'redis', '--no-programs')
    self.refuse("--peer wants NAME=LIBRARY.so, got 'mimalloc'",
                '--peer', 'mimalloc')
    self.refuse("there is no file '/nowhere.so'", '--peer', 'a=/nowhere.so')
    self.refuse("--level wants NAME=HEADROOM_OPTIONS, got 'x='",
                '--level', 'x=')
    self.refuse("two allocators are called 'system'",
                '--peer', 'system=%s' % self.preload)
    self.refuse("two allocators are called 'x'",
                '--level', 'x=strict=1', '--level', 'x=strict=2')

  def test_a_library_that_ld_preload_cannot_name(self):
    spaced = self.folder / 'a b.so'
    spaced.write_text('')
    self.refuse('LD_PRELOAD cannot name', '--peer', 'a=%s' % spaced)

  def test_files(self):
    self.refuse("--baseline: there is no file '/nowhere'",
                '--baseline', '/nowhere')
    self.refuse("--json: there is no folder for '/no/where'",
                '--json', '/no/where')
    self.refuse('is no folder', '--out', str(self.preload))
    (self.folder / 'results.json').write_text('{}')
    self.refuse('holds results already', '--out', str(self.folder))

  def test_choose(self):
    names = ['pair', 'batch_lifo', 'batch_fifo']
    self.assertEqual(arguments.choose(['batch_*', 'pair'], names, 'workload'),
                     names)
    self.assertEqual(arguments.choose(['batch_*'], names, 'workload'),
                     names[1:])
    with self.assertRaisesRegex(arguments.BadArguments,
                                "no workload 'par', there are: pair, batch_l"):
      arguments.choose(['pair', 'par'], names, 'workload')


if __name__ == '__main__':
  unittest.main()
