"""A lock that is held for 5 ms is a wait of 5 ms, of its class alone, in the plot
of the report: bench_worker, runner, report and browser are the real ones.

A loaded machine adds waits and lengthens them, where it keeps a thread from
running: then it is tried again. What was measured has to be drawn each time.
"""

import json
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

from report import browser, locks

ROOT = pathlib.Path(os.environ['ROOT'])
HELD_NS = 5e6
ATTEMPTS = 30
# Its threads want blocks of 8 bytes of the central list all the time, and no
# others: the class whose blocks take 16.
WORKLOAD, REQUEST, LABEL = 'threadtest', 8, '16 B'
# No thread wants these; the scavenger, once a second, looks at all classes.
OTHER_REQUEST, OTHER_LABEL = 200, '208 B'
_UNITS = {'ns': 1, 'µs': 1e3, 'ms': 1e6, 's': 1e9}

# The squares that are drawn: where one should be, there is a shape whose colour
# is none of the frame's.
_SQUARES = '''[...document.querySelectorAll("#locks .plot")].flatMap(plot => {
  plot.scrollIntoView();
  const chart = echarts.getInstanceByDom(plot);
  const {xAxis, yAxis} = chart.getOption();
  const {left, top} = plot.getBoundingClientRect();
  const frame = ["none", "transparent", ...["line", "grid", "muted", "ground"].map(name =>
      getComputedStyle(document.documentElement).getPropertyValue("--" + name))];
  const squares = [];
  xAxis[0].data.forEach((from, x) => yAxis[0].data.forEach((label, y) => {
    const [right, down] = chart.convertToPixel({seriesIndex: 0}, [x, y]);
    const fill = document.elementFromPoint(left + right, top + down)?.getAttribute("fill");
    if (fill && !frame.includes(fill)) {
      squares.push([plot.getAttribute("aria-label"), label, from]);
    }
  }));
  return squares;
})'''


def from_ns(text):
  """A column's lower end: '4.19 ms'."""
  number, unit = text.split()
  return float(number) * _UNITS[unit]


def scavenger_came(rows):
  return any(row['class'] == 'central_free_list' and
             row['label'] not in (LABEL, OTHER_LABEL) for row in rows)


def holds_5_ms(column):
  return from_ns(column) <= HELD_NS < 2 * from_ns(column)


class HoldLockTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.folder = tempfile.TemporaryDirectory()
    cls.chromium = browser.Browser()
    cls.chromium.show(1280, 4000, False)

  @classmethod
  def tearDownClass(cls):
    cls.chromium.__exit__()
    cls.folder.cleanup()

  def bench(self, request):
    """Runs with a lock held; opens the report. Returns the lines of the locks."""
    out = tempfile.mkdtemp(dir=self.folder.name)
    done = subprocess.run(
        [ROOT / 'tools' / 'bench' / 'main.py', '--workloads', WORKLOAD + ',pair',
         '--threads', '2', '--allocators', 'headroom', '--repeats', '1',
         '--no-latency', '--seconds', '0.3', '--out', out,
         '--hold-lock', '%d=5ms' % request],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    self.assertEqual(done.returncode, 0, done.stdout)
    self.chromium.complaints.clear()
    self.chromium.open_report(os.path.join(out, 'report.html'))
    self.assertEqual(self.chromium.complaints, [])
    self.assertIn('held a lock itself: --hold-lock %d=5ms' % request,
                  self.chromium.evaluate('document.body.textContent'))
    with open(os.path.join(out, 'results.json'), encoding='utf-8') as file:
      runs = json.load(file)['runs']
    return locks.rows([run['measures'] for run in runs if 'measures' in run and
                       run['workload'] == WORKLOAD])

  def drawn(self):
    """{(row, column)} of the plot that the page begins with."""
    squares = self.chromium.evaluate(_SQUARES)
    if not {place for place, _, _ in squares} <= {WORKLOAD + ' on 2 threads'}:
      return None  # something of the machine's kept the other one waiting
    return {(row, column) for _, row, column in squares}

  def check_all_is_drawn(self, squares, rows):
    """Each bucket of waits has its square, and there are no others."""
    self.assertEqual(
        {(label, round(math.log2(from_ns(column)))) for label, column in squares},
        {(row['label'], exponent) for row in rows for exponent in row['wait']})

  def test_a_wait_for_the_held_lock_is_in_its_square(self):
    seen = []
    for _ in range(ATTEMPTS):
      rows = self.bench(REQUEST)
      squares = self.drawn()
      if squares is None:
        continue
      self.check_all_is_drawn(squares, rows)
      long_ = {square for square in squares if 2 * from_ns(square[1]) > HELD_NS}
      seen.append(sorted(long_))
      if ({row for row, _ in long_} == {LABEL} and
          any(holds_5_ms(column) for _, column in long_)):
        return
    self.fail('in no run was it there, and in no other row: %s' % seen)

  def test_nobody_waits_for_a_lock_that_nobody_wants(self):
    seen = []
    for _ in range(ATTEMPTS):
      rows = self.bench(OTHER_REQUEST)
      squares = self.drawn()
      if squares is None:
        continue
      self.check_all_is_drawn(squares, rows)
      if scavenger_came(rows):
        continue
      self.assertNotIn(OTHER_LABEL, {row for row, _ in squares})
      seen.append(sorted(column for _, column in squares
                         if 2 * from_ns(column) > HELD_NS))
      if not seen[-1]:
        return
    self.fail('in each run somebody waited so long, or the scavenger came: %s' %
              seen)


if __name__ == '__main__':
  unittest.main()
