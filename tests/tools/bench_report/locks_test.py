"""Lock waits reach the right bucket of the right class."""

import unittest

import fixture
from report import locks, page


def lock(size_class, waits, acquisitions=1, name='central_free_list'):
  return {'class': name, 'size_class': size_class, 'bytes': 16 * size_class,
          'acquisitions': acquisitions, 'contended': 1, 'wait_ns_log2': waits,
          'hold_ns_log2': [[3, acquisitions]]}


class LocksTest(unittest.TestCase):

  def test_a_wait_of_5_ms_stands_in_its_bucket_of_its_class_alone(self):
    held = fixture.HELD_EXPONENT
    found = [(cell['workload'], cell['threads'], row['label'], exponent, count)
             for cell in page.prepare(fixture.full())['locks']
             for row in cell['rows'] for exponent, count in row['wait']
             if exponent >= held - 4]
    self.assertTrue(2 ** held <= 5e6 < 2 ** (held + 1))
    self.assertEqual(found, [('larson', 4, '%d B' % fixture.HELD_BYTES, held,
                              fixture.HELD_COUNT)])

  def test_runs_are_added_up(self):
    one = {'locks': [lock(2, [[5, 1], [6, 2]], 10)]}
    rows = locks.rows([one, one])
    self.assertEqual(len(rows), 1)
    self.assertEqual(rows[0]['wait'], {5: 2, 6: 4})
    self.assertEqual(rows[0]['hold'], {3: 20})
    self.assertEqual(rows[0]['acquisitions'], 20)

  def test_named_locks_come_first_then_sizes_by_size(self):
    rows = locks.rows([{'locks': [
        lock(10, []), lock(9, []), {'class': 'page_heap', 'acquisitions': 1}]}])
    self.assertEqual([row['label'] for row in rows],
                     ['page heap', '144 B', '160 B'])

  def test_other_locks_with_sizes_keep_their_name(self):
    rows = locks.rows([{'locks': [lock(2, [], name='stash')]}])
    self.assertEqual(rows[0]['label'], 'stash, 32 B')

  def test_of_many_locks_the_longest_waits_stay(self):
    many = [lock(i, [[5, 1]]) for i in range(1, 41)]
    many[36] = lock(37, [[22, 1]])
    cell = locks.prepare({'runs': [{
        'workload': 'w', 'threads': 1, 'measures': {'locks': many}}]})[0]
    self.assertEqual(len(cell['rows']), 25)
    self.assertIn({'label': '592 B', 'wait': [[22, 1]], 'hold': [[3, 1]]},
                  cell['rows'])
    self.assertEqual(cell['rows'][-1], {
        'label': '16 others', 'wait': [[5, 16]], 'hold': [[3, 16]]})
    self.assertEqual(cell['classes'], [['central free list', 40, 40]])

  def test_tiers(self):
    tiers = {'central': {'hits': 1, 'misses': 2},
             'thread_cache': {'hits': 3, 'misses': 4}}
    cell = locks.prepare({'runs': [{'workload': 'w', 'threads': 1, 'measures': {
        'locks': [], 'tiers': tiers}}] * 2})[0]
    self.assertEqual(cell['tiers'], [['thread cache', 6, 8], ['central', 2, 4]])


if __name__ == '__main__':
  unittest.main()
