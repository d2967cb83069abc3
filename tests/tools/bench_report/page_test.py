"""The page: what it holds, what it says is absent, what cannot break it."""

import base64
import gzip
import html.parser
import json
import pathlib
import re
import tempfile
import unittest

import fixture
from report import page, report, tables


class Scripts(html.parser.HTMLParser):
  """Counts elements and collects the text outside of scripts."""

  def __init__(self, text):
    super().__init__()
    self.tags, self.text, self.inside = [], '', None
    self.feed(text)

  def handle_starttag(self, tag, attrs):
    self.tags.append(tag)
    self.inside = tag

  def handle_endtag(self, tag):
    self.inside = None

  def handle_data(self, data):
    if self.inside not in ('script', 'style'):
      self.text += data


class PageTest(unittest.TestCase):

  def test_strings_of_the_results_are_text(self):
    parsed = Scripts(page.render(fixture.hostile()))
    self.assertEqual(parsed.tags.count('script'), 3)
    self.assertNotIn('b', parsed.tags)
    # Title: command, machine twice, allocator's facts; then the tables.
    self.assertGreater(parsed.text.count('</script><script>document.title'), 10)

  def test_data_come_back_as_they_were(self):
    data = page.prepare(fixture.hostile())
    held = re.search('id="data">([A-Za-z0-9+/=]*)</script>',
                     page.render(fixture.hostile()))
    self.assertEqual(json.loads(gzip.decompress(base64.b64decode(held[1]))), data)

  def test_the_page_asks_the_network_for_nothing(self):
    text = page.render(fixture.small())
    own = re.sub(r'/\*!.*?\*/', '', text, flags=re.DOTALL)
    self.assertEqual(re.findall(r'(?:src|href)="(?!#)[^"]*"|url\(', own), [])
    self.assertNotIn('@import', own)

  def test_licences_stand_in_the_page(self):
    text = page.render(fixture.minimal())
    for words in ('Apache License\n', 'Version 2.0, January 2004',
                  'END OF TERMS AND CONDITIONS', 'Copyright (c) 2017, Baidu Inc.',
                  'Copyright 2017-2026 The Apache Software Foundation'):
      self.assertIn(words, text)

  def test_a_large_run_stays_small(self):
    self.assertLess(len(page.render(fixture.full()).encode()), 1500000)

  def test_absent_parts_say_so(self):
    text = page.render(fixture.minimal())
    for part in ('latency', 'locks', 'rss', 'pareto', 'programs'):
      self.assertIn('<p class="absent" data-part="%s">' % part, text)
    self.assertNotIn('<p class="absent"', page.render(fixture.full()))

  def test_a_run_without_any_cell(self):
    text = page.render({'schema': 3})
    self.assertIn('This run has no cell.', text)
    self.assertIn('was not measured', text)

  def test_an_interrupted_run_says_so(self):
    self.assertIn('was interrupted', page.render(fixture.interrupted()))
    self.assertNotIn('was interrupted', page.render(fixture.small()))

  def test_raw_data_beside_the_page_are_linked(self):
    with tempfile.TemporaryDirectory() as folder:
      path = pathlib.Path(folder) / 'report.html'
      for name in ('results.json', 'cells.csv'):
        (path.parent / name).touch()
      page.write(fixture.minimal(), path)
      text = path.read_text(encoding='utf-8')
    self.assertIn('<a href="results.json">results.json</a>, '
                  '<a href="cells.csv">cells.csv</a>', text)

  def test_another_schema_is_refused(self):
    with self.assertRaisesRegex(ValueError, 'schema 3 is wanted, this is 1'):
      page.write({'schema': 1}, '/dev/null')


class CommandTest(unittest.TestCase):

  def test_results_to_report(self):
    with tempfile.TemporaryDirectory() as folder:
      results = pathlib.Path(folder) / 'r.json'
      results.write_text(json.dumps(fixture.minimal()), encoding='utf-8')
      output = pathlib.Path(folder) / 'out.html'
      self.assertEqual(report.main([str(results), '-o', str(output)]), 0)
      self.assertIn('<a href="r.json">', output.read_text(encoding='utf-8'))

  def test_a_file_that_is_no_json_or_none(self):
    with tempfile.NamedTemporaryFile() as file:
      self.assertEqual(report.main([file.name, '-o', '/dev/null']), 1)
    self.assertEqual(report.main(['/nonexistent/r.json', '-o', '/dev/null']), 1)


class TablesTest(unittest.TestCase):

  def test_colours_of_ratios(self):
    self.assertEqual([tables.step(r) for r in (1, 1.1, 1.11, 2, 4, 4.01)],
                     ['best', 'near', 'mild', 'slow', 'slower', 'slowest'])

  def test_a_row_shows_losses_and_noise(self):
    cell = lambda ns, noisy: {'ns_per_operation': {'median': ns}, 'noisy': noisy}
    row = tables._matrix_row(('a_b', 2), {
        'x': cell(10, False), 'y': cell(31, True)}, ['x', 'y', 'z'])
    self.assertEqual(re.sub(' title="[^"]*"', '', row),
                     '<tr data-threads="2"><th scope="row">a_<wbr>b <small>× 2'
                     '</small></th><td class="best">1.00</td><td class="slower">'
                     '3.10~</td><td class="none">–</td></tr>')

  def test_the_matrix_begins_with_as_many_threads_as_processors(self):
    cell = lambda w, t: {'workload': w, 'threads': t, 'allocator': 'x',
                         'ns_per_operation': {'median': 1}}
    cells = [cell(w, t) for w in 'ab' for t in (1, 2, 8)] + [cell('a', 4)]
    for processors, chosen in ((4, 2), (16, 8), (None, 8), (0.5, 1)):
      self.assertEqual(tables.thread_counts({
          'cells': cells, 'machine': {'processors': processors}}),
                       ([1, 2, 4, 8], chosen))

  def test_a_workload_with_threads_of_its_own_is_shown_beside_each_count(self):
    cell = lambda w, t, x='x': {'workload': w, 'threads': t, 'allocator': x,
                                'ns_per_operation': {'median': 1}}
    results = {'cells': [cell(w, t) for w in 'ab' for t in (1, 2)] +
                        [cell('recorded', 2), cell('crowd', 1000)]}
    self.assertEqual(tables.thread_counts(results), ([1, 2], 2))
    matrix = tables.matrix(results, ['x'])
    self.assertEqual(re.findall('<tr class="fixed"><th scope="row">(.*?) ', matrix),
                     ['recorded', 'crowd'])
    self.assertEqual(matrix.count('geometric mean of 2 workloads'), 2)
    self.assertIn('are in no mean', matrix)
    # All on one number of threads: then that is no one's own.
    self.assertNotIn('fixed', tables.matrix(
        {'cells': [cell('a', 2), cell('recorded', 3)]}, ['x']))

  def test_a_lock_that_the_run_held_is_named(self):
    self.assertIn('held a lock itself: --hold-lock 8=5ms', page.render(
        {**fixture.small(), 'settings': {'hold_lock': '8=5ms'}}))
    self.assertNotIn('held a lock', page.render(fixture.small()))

  def test_a_comparison_begins_with_the_largest_change(self):
    table = tables.comparison({'comparison': [
        {'workload': 'w', 'threads': 1, 'allocator': 'x', 'ratio': 1.5,
         'outside': True, 'noisy': True},
        {'workload': 'w', 'threads': 2, 'allocator': 'x', 'ratio': 0.5}]})
    self.assertIn('1.500</td><td>beyond their intervals, ~ noisy</td>', table)
    self.assertLess(table.index('0.500'), table.index('1.500'))
    self.assertEqual(tables.comparison({'comparison': None}), '')

  def test_every_cell_has_its_row(self):
    results = fixture.full()
    self.assertEqual(tables.all_cells(results).count('<tr>'),
                     len(results['cells']) + 1)


if __name__ == '__main__':
  unittest.main()
