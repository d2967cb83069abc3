"""libFuzzer's lines, as it writes them, and what is read from them."""

import unittest

import progress

RUN = '''\
INFO: Seed: 2133542174
INFO:      182 files found in fuzz/corpus/heap
#2\tpulse  cov: 700 ft: 900 corp: 1/1b exec/s: 2 rss: 30Mb
#183\tINITED cov: 1482 ft: 8516 corp: 181/79Kb exec/s: 183 rss: 88Mb
#194\tNEW    cov: 1482 ft: 8517 corp: 182/79Kb lim: 4096 exec/s: 194 rss: 90Mb L: 249/1022 MS: 1 CustomCrossOver-
\tNEW_FUNC[2/10]: 0x5629 in headroom::Heap::NewLarge(unsigned long) heap.cc:
#436\tREDUCE cov: 1482 ft: 8519 corp: 182/110Kb lim: 4096 exec/s: 109 rss: 109Mb L: 617/1539 MS: 1 Custom-
#468\tNEW    cov: 1561 ft: 8994 corp: 183/122Kb lim: 4096 exec/s: 117 rss: 187Mb L: 83/1500 MS: 1 Custom-
'''
END = '''\
#493\tDONE   cov: 1562 ft: 9004 corp: 273/124Kb lim: 4096 exec/s: 98 rss: 196Mb
Done 493 runs in 5 second(s)
stat::number_of_executed_units: 494
stat::average_exec_per_sec:     99
stat::new_units_added:          94
'''
CRASH = '''\
==77== ERROR: libFuzzer: deadly signal
SUMMARY: libFuzzer: deadly signal
artifact_prefix='/a b/heap/'; Test unit written to /a b/heap/crash-64ab
Base64: AAECAw==
'''


def read(text):
  result = progress.Progress()
  for line in text.splitlines():
    result.read(line)
  return result


class ProgressTest(unittest.TestCase):

  def test_a_running_fuzzer(self):
    p = read(RUN)
    self.assertTrue(p.started)
    self.assertEqual(
        (p.executions, p.rate, p.coverage, p.features, p.new_inputs),
        (468, 117, 1561, 8994, 2))
    self.assertEqual((p.artifacts, p.summary), ([], ''))

  def test_statistics_at_the_end_are_the_last_word(self):
    p = read(RUN + END)
    self.assertEqual((p.executions, p.rate, p.coverage, p.new_inputs),
                     (494, 99, 1562, 2))

  def test_new_before_the_corpus_is_read_is_not_new(self):
    p = read('#3\tNEW    cov: 5 ft: 6 corp: 1/1b exec/s: 0 rss: 1Mb\n')
    self.assertEqual((p.started, p.new_inputs, p.coverage), (False, 0, 5))

  def test_a_crash(self):
    p = read(RUN + CRASH)
    self.assertEqual(p.artifacts, ['/a b/heap/crash-64ab'])
    self.assertEqual(p.summary, 'libFuzzer: deadly signal')

  def test_other_lines_change_nothing(self):
    self.assertEqual(vars(read('ALARM: working on it\n#x NEW cov: 5\n\n')),
                     vars(progress.Progress()))


if __name__ == '__main__':
  unittest.main()
