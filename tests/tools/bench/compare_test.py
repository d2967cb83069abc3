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


def of_runs(turns, **options):
  """Results with the cells of their runs."""
  made = fake_results.results(turns, **options)
  made['cells'] = cells.make(made['runs'])
  return made


def by_allocator(entries, name):
  return {entry['allocator']: entry[name] and round(entry[name], 2)
          for entry in entries}


class CompareTest(unittest.TestCase):

  def test_ratio_and_what_lies_outside(self):
    before = [cell('a', 100, 90, 110), cell('b', 100, 90, 110),
              cell('c', 100, 90, 110, noisy=True), cell('d', 100),
              cell('gone', 1)]
    now = [cell('a', 120, 109, 130), cell('b', 200, 111, 300),
           cell('c', 40, 40, 89), cell('d', 101), cell('new', 1)]
    entries = compare.compare(results(now), results(before))
    self.assertEqual([(e['workload'], e['ratio'], e['outside'], e['noisy'])
                      for e in entries],
                     [('a', 1.2, False, False), ('b', 2, True, False),
                      ('c', 0.4, True, True), ('d', 1.01, True, False)])
    self.assertEqual(compare.changes(entries), [
        '3 of 4 cells differ from the baseline by more than their intervals, 2 '
        'of them by more than 5 % beside the fastest.',
        '  c on 1, headroom: 0.40 times the time, 0.40 times beside the fastest '
        '(noisy)',
        '  b on 1, headroom: 2.00 times the time, 2.00 times beside the fastest'])

  def test_a_machine_that_is_slower_as_a_whole_leaves_the_ratios(self):
    calm = fake_results.CALM
    entries = compare.compare(
        of_runs([fake_results.times(calm, a=2, b=2, c=2)] * 3),
        of_runs([calm] * 3))
    self.assertEqual(by_allocator(entries, 'ratio'), {'a': 2, 'b': 2, 'c': 2})
    self.assertEqual(by_allocator(entries, 'of_ratios'),
                     {'a': 1, 'b': 1, 'c': 1})

  def test_the_fastest_is_compared_with_the_next_one(self):
    calm = fake_results.CALM
    slower = [fake_results.times(calm, a=1.1)] * 5
    entries = compare.compare(of_runs(slower), of_runs([calm] * 5))
    self.assertEqual(by_allocator(entries, 'at_equal_speed'),
                     {'a': 1.1, 'b': 0.91, 'c': 0.91})

  def test_another_file_is_no_reference(self):
    four = {**fake_results.CALM, 'd': 50}
    entries = compare.compare(
        of_runs([fake_results.times(four, a=1.1)] * 5, files={'a': 'new'}),
        of_runs([four] * 5))
    self.assertEqual(by_allocator(entries, 'at_equal_speed'),
                     {'a': 1.1, 'b': 1, 'c': 1, 'd': 1})
    self.assertEqual(by_allocator(entries, 'of_ratios'),
                     {'a': 1.1, 'b': 1, 'c': 1, 'd': 1})

  def test_the_reference_is_in_both_runs(self):
    calm = fake_results.CALM
    without_a = {name: calm[name] for name in ('b', 'c')}
    entries = compare.compare(of_runs([without_a] * 5), of_runs([calm] * 5))
    self.assertEqual(by_allocator(entries, 'of_ratios'), {'b': 1, 'c': 1})

  def test_the_fastest_is_as_noisy_as_the_ratio_it_shares(self):
    before, now = of_runs([fake_results.CALM] * 5), of_runs([fake_results.CALM] * 5)
    self.assertEqual(by_allocator(compare.compare(now, before), 'noisy'),
                     {'a': False, 'b': False, 'c': False})
    now['cells'][1]['noisy'] = True
    self.assertEqual(by_allocator(compare.compare(now, before), 'noisy'),
                     {'a': True, 'b': True, 'c': False})

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
        '9 of 10 cells (90 %) are within 5 %; of the other 1, 1 are marked '
        'noisy: the runs agree')
    self.assertFalse(self.agreement([])[0])

  def test_equally_fast_rounds_explain_and_do_not_decide(self):
    calm, busy = fake_results.CALM, fake_results.BUSY
    entries = compare.compare(of_runs([calm] * 5 + [busy] * 10),
                              of_runs([calm] * 10 + [busy] * 5))
    self.assertEqual(by_allocator(entries, 'of_ratios'),
                     {'a': 0.75, 'b': 1.33, 'c': 1.33})
    self.assertEqual(by_allocator(entries, 'at_equal_speed'),
                     {'a': 1, 'b': 1, 'c': 1})
    self.assertEqual(compare.agreement(entries), (
        False,
        '0 of 3 cells (0 %) are within 5 %; of the other 3, 3 are marked noisy: '
        'the runs do not agree; in equally fast rounds 3 of 3 cells (100 %) are'))
    lines = compare.changes([{**entry, 'outside': True} for entry in entries])
    self.assertEqual(lines, [
        '3 of 3 cells differ from the baseline by more than their intervals, 0 '
        'of them by more than 5 % beside the fastest.'])

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
