"""A run beside an earlier one, and whether two agree."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import agree
import cells
import compare
import fake_results
import output


def cell(workload, median, low=None, high=None, noisy=False):
  return {'workload': workload, 'threads': 1, 'allocator': 'headroom',
          'noisy': noisy, 'ns_per_operation_to_best': {'median': median / 50},
          'ns_per_operation': {
              'median': median, 'low': low or median, 'high': high or median}}


def results(cells, **machine):
  return {'schema': output.SCHEMA, 'machine': {'cpu': 'Z80', 'processors': 2, **machine},
          'settings': {'seconds': 0.1}, 'cells': cells}


class CompareTest(unittest.TestCase):

  def test_ratio_and_what_lies_outside(self):
    before = [cell('a', 100, 90, 110), cell('b', 100, 90, 110),
              cell('c', 100, 90, 110, noisy=True), cell('gone', 1)]
    now = [cell('a', 120, 109, 130), cell('b', 200, 111, 300),
           cell('c', 50, 40, 89), cell('new', 1)]
    entries = compare.compare(results(now), results(before))
    self.assertEqual([(e['workload'], e['ratio'], e['outside'], e['noisy'])
                      for e in entries],
                     [('a', 1.2, False, False), ('b', 2, True, False),
                      ('c', 0.5, True, True)])
    self.assertEqual(compare.changes(entries), [
        '2 of 3 cells differ from the baseline by more than their intervals.',
        "  b on 1, headroom: 2.00 times the time, 2.00 times as a multiple of "
        "the fastest's",
        "  c on 1, headroom: 0.50 times the time, 0.50 times as a multiple of "
        "the fastest's (noisy)"])

  def test_another_machine_is_named(self):
    self.assertEqual(compare.warnings(results([]), results([])), [])
    self.assertEqual(
        compare.warnings(results([], processors=8), results([])),
        ['the baseline is of another machine: processors was 2 and is 8'])
    longer = results([])
    longer['settings'] = {'seconds': 2}
    self.assertEqual(compare.warnings(longer, results([])),
                     ["the baseline's seconds were 0.1 and are 2"])


class AgreeTest(unittest.TestCase):

  def agreement(self, ratios, noisy=()):
    names = ['w%d' % i for i in range(len(ratios))]
    before = [cell(name, 100) for name in names]
    now = [cell(name, 100 * ratio, noisy=i in noisy)
           for i, (name, ratio) in enumerate(zip(names, ratios))]
    return compare.agreement(
        compare.compare(results(now), results(before)))

  def test_nine_of_ten_within_five_percent_and_the_rest_marked(self):
    self.assertTrue(self.agreement([1.04] * 9 + [1.3], noisy=[9])[0])
    self.assertFalse(self.agreement([1.04] * 9 + [1.3])[0])
    self.assertFalse(self.agreement([0.96] * 8 + [0.9] * 2, noisy=[8, 9])[0])
    self.assertEqual(
        self.agreement([1.0] * 9 + [0.5], noisy=[9])[1],
        '9 of 10 cells (90 %) are within 5 % where the machine was as fast, 9 '
        '(90 %) of all rounds; of the other 1, 1 are marked noisy: the runs '
        'agree')
    self.assertFalse(self.agreement([])[0])

  def test_a_machine_that_is_slower_as_a_whole_agrees(self):
    before = [cell('a', 100)]
    now = [dict(cell('a', 150), ns_per_operation_to_best={'median': 2.05})]
    self.assertTrue(compare.agreement(
        compare.compare(results(now), results(before)))[0])

  def test_rounds_count_in_which_the_machine_was_as_fast(self):
    calm, busy = fake_results.CALM, fake_results.BUSY
    before = fake_results.results([calm] * 10 + [busy] * 5)
    now = fake_results.results([calm] * 5 + [busy] * 10)
    for one in (before, now):
      one['cells'] = cells.make(one['runs'])
    entries = compare.compare(now, before)
    self.assertEqual([(e['allocator'], round(e['of_ratios'], 2),
                       round(e['of_alike'], 2)) for e in entries],
                     [('a', 1, 1), ('b', 1.33, 1), ('c', 1.33, 1)])
    self.assertEqual(
        compare.agreement(entries)[1],
        '3 of 3 cells (100 %) are within 5 % where the machine was as fast, 1 '
        '(33 %) of all rounds; of the other 0, 0 are marked noisy: the runs '
        'agree')

  def test_the_program(self):
    with tempfile.TemporaryDirectory() as folder:
      first, second = (pathlib.Path(folder) / name for name in ('a', 'b'))
      first.write_text(json.dumps(results([cell('a', 100)])))
      second.write_text(json.dumps(results([cell('a', 120)])))
      out = io.StringIO()
      with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        self.assertEqual(agree.main([str(first), str(first)]), 0)
        self.assertEqual(agree.main([str(first), str(second)]), 1)
        self.assertEqual(agree.main([str(first)]), 2)
        second.write_text('{}')
        self.assertEqual(agree.main([str(first), str(second)]), 2)
      self.assertIn('  not marked: a, 1 threads, headroom: 1.20',
                    out.getvalue())
      self.assertIn('holds no results of ./x bench', out.getvalue())


if __name__ == '__main__':
  unittest.main()
