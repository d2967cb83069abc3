"""The report in Chromium: it draws everything, complains of nothing, fits."""

import pathlib
import tempfile
import unittest

import fixture
from report import browser, page

_PLOTS = 'document.querySelectorAll(".plot").length'
# Plots that show axes at most: no shape in a colour that is not the frame's.
_EMPTY = '''(frame => [...document.querySelectorAll(".plot")].filter(plot =>
    ![...plot.querySelectorAll("svg path:not(defs path)")].some(path => {
      const {width, height} = path.getBoundingClientRect();
      return width + height > 0 && ["fill", "stroke"].some(name =>
          path.hasAttribute(name) && !frame.includes(path.getAttribute(name)));
    })).map(plot => plot.getAttribute("aria-label")))(
    ["none", "transparent", ...["line", "grid", "muted", "ground"].map(name =>
      getComputedStyle(document.documentElement).getPropertyValue("--" + name))])'''
# What reaches out of the window and does not scroll in a box of its own.
_TOO_WIDE = '''[...document.querySelectorAll("body *")].filter(one =>
    !one.closest(".wide, svg, .tip, .plot > div") &&
    one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    ).map(one => one.tagName + " " + one.textContent.slice(0, 40))'''
_CHOOSE = '''document.querySelectorAll("%s select").forEach(select => {
  select.selectedIndex = (select.selectedIndex + 1) %% select.options.length;
  select.dispatchEvent(new Event("change"));
})'''
_TIP = '''(plot => {
  const chart = echarts.getInstanceByDom(plot);
  chart.dispatchAction({type: "showTip", x: plot.clientWidth * %g,
                        y: plot.clientHeight * %g});
})(document.querySelector("%s .plot"))'''


class BrowserTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.folder = tempfile.TemporaryDirectory()
    cls.chromium = browser.Browser()

  @classmethod
  def tearDownClass(cls):
    cls.chromium.__exit__()
    cls.folder.cleanup()

  def setUp(self):
    self.chromium.complaints.clear()

  def open(self, results, width=360, dark=False):
    path = pathlib.Path(self.folder.name) / 'report.html'
    page.write(results, path)
    self.chromium.show(width, 800, dark)
    self.chromium.open_report(path)

  def check(self, plots):
    """Plots of which none is empty, nothing too wide, no complaint."""
    self.assertEqual(self.chromium.evaluate(_PLOTS), plots)
    self.assertEqual(self.chromium.evaluate(_EMPTY), [])
    self.assertEqual(self.chromium.evaluate(
        '(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)'
        '(document.documentElement)'), 0)
    self.assertEqual(self.chromium.evaluate(_TOO_WIDE), [])
    self.assertEqual(self.chromium.complaints, [])

  def expected(self, results):
    """One for each workload and program, two latencies, RSS, throughput and
    RSS, and the lock waits of one workload's thread counts."""
    data = page.prepare(results)
    return (len(data['scaling']) + len(data['programs']) + 4 +
            len({cell['threads'] for cell in data['locks']}))

  def test_every_part_on_a_phone_and_a_desk_dark_and_light(self):
    results = fixture.full()
    self.open(results)
    for width in (360, 1280):
      for dark in (False, True):
        with self.subTest(width=width, dark=dark):
          self.chromium.show(width, 800, dark)
          self.chromium.wait_until_drawn()
          self.check(self.expected(results))
          self.assertEqual(self.line_of('headroom'),
                           '#ffffff' if dark else '#000000')

  def line_of(self, name):
    return self.chromium.evaluate(
        'echarts.getInstanceByDom(document.querySelector("#scaling .plot"))'
        '.getOption().series.find(one => one.name === "%s").lineStyle.color' % name)

  def test_every_choice_draws(self):
    results = fixture.small()
    self.open(results)
    for part in ('#latency', '#locks', '#rss', '#pareto'):
      before = self.chromium.evaluate(
          'document.querySelector("%s figcaption").textContent' % part)
      self.chromium.evaluate(_CHOOSE % part)
      self.chromium.wait_until_drawn()
      self.assertNotEqual(before, self.chromium.evaluate(
          'document.querySelector("%s figcaption").textContent' % part))
    self.chromium.show(1280, 800, False)
    self.chromium.wait_until_drawn()
    self.check(self.expected(results))

  def test_the_matrix_shows_one_thread_count_or_all(self):
    self.open(fixture.small())
    visible = ('[...document.querySelectorAll(".matrix tbody tr")].filter('
               'row => !row.hidden).length')
    self.assertEqual(self.chromium.evaluate(visible), 3)
    self.chromium.evaluate(
        'document.querySelector("#matrix .choice button:last-child").click()')
    self.assertEqual(self.chromium.evaluate(visible), 6)

  def test_a_hidden_allocator_is_in_no_plot(self):
    self.open(fixture.small())
    name = ('echarts.getInstanceByDom(document.querySelector("#rss .plot"))'
            '.getOption().series.map(one => one.name)')
    self.assertIn('headroom', self.chromium.evaluate(name))
    self.chromium.evaluate('document.querySelector("#allocators button").click()')
    self.chromium.wait_until_drawn()
    self.assertNotIn('headroom', self.chromium.evaluate(name))

  def test_a_5_ms_wait_comes_first_and_in_its_square(self):
    self.open(fixture.full())
    last = self.chromium.evaluate(
        '''[...document.querySelectorAll("#locks .plot")].flatMap(plot => {
          const {xAxis, yAxis, series} = echarts.getInstanceByDom(plot).getOption();
          return series[0].data.filter(([x]) => x === xAxis[0].data.length - 1).map(
              ([x, y, , count]) => [plot.getAttribute("aria-label"),
                                    xAxis[0].data[x], yAxis[0].data[y], count]);
        })''')
    self.assertEqual(last, [['larson on 4 threads', '4.19 ms',
                             '%d B' % fixture.HELD_BYTES, fixture.HELD_COUNT]])

  def test_every_plot_tells_its_numbers(self):
    self.open(fixture.small(), 1280)
    for part, x, y, words in (
        ('#scaling', 0.9, 0.5, 'headroom'), ('#latency', 0.5, 0.4, 'takes longer'),
        ('#locks', 0.3, 0.5, 'waits'), ('#rss', 0.5, 0.5, 'MiB'),
        ('#programs', 0.3, 0.5, ' to ')):
      self.chromium.evaluate(_TIP % (x, y, part))
      self.chromium.wait('document.querySelector("%s .tip")?.textContent'
                         '.includes("%s")' % (part, words))
    self.assertEqual(self.chromium.complaints, [])

  def test_least_and_broken_off_runs(self):
    self.open(fixture.minimal())
    self.check(1)
    self.open(fixture.interrupted())
    self.assertEqual(self.chromium.complaints, [])
    self.assertEqual(self.chromium.evaluate(_EMPTY), [])

  def test_hostile_names(self):
    results = fixture.hostile()
    self.open(results)
    self.check(self.expected(results))
    self.assertNotEqual(self.chromium.evaluate('document.title'), 'broken')
    self.chromium.evaluate(_TIP % (0.9, 0.5, '#scaling'))
    self.chromium.wait('document.querySelector("#scaling .tip")?.textContent'
                       '.includes("</script>")')
    self.assertEqual(self.chromium.evaluate(
        'document.querySelectorAll("b:not(.ramp b), body script").length'), 3)

  def test_a_picture(self):
    self.open(fixture.minimal(), 820)
    picture = self.chromium.picture('#matrix')
    self.assertEqual(picture[:8], b'\x89PNG\r\n\x1a\n')
    self.assertEqual(
        int.from_bytes(picture[16:20], 'big'), 24 + self.chromium.evaluate(
            'document.querySelector("#matrix").getBoundingClientRect().width'))
    with self.assertRaisesRegex(browser.Failed, 'the page has no #nothing'):
      self.chromium.picture('#nothing')

  def test_a_complaint_is_heard(self):
    self.open(fixture.minimal())
    self.chromium.evaluate('console.error("one"); setTimeout(() => {throw 2})')
    self.chromium.wait('new Promise(done => setTimeout(() => done(true)))')
    self.assertEqual(self.chromium.complaints[:1], ['one'])
    self.assertEqual(len(self.chromium.complaints), 2)


if __name__ == '__main__':
  unittest.main()
