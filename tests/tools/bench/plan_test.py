"""All allocators of a cell run in one turn, all cells in each repeat."""

import unittest

import allocators
import plan


def shown(turns):
  return ' '.join('%s%s%s' % (''.join(turn.allocators), turn.cell.workload,
                              turn.cell.threads or '') for turn in turns)


def workload(name, least=1, most=None):
  return {'name': name, 'least_threads': least, 'most_threads': most}


class PlanTest(unittest.TestCase):

  def test_turns(self):
    cells = plan.cells([workload('x'), workload('y')], [1, 2], False)
    turns = plan.order(cells, [], ['A', 'B', 'C'], 2)
    once = 'ABCx1 ABCx2 ABCy1 ABCy2'
    self.assertEqual(shown(turns), once + ' ' + once)
    self.assertEqual([turn.repeat for turn in turns], [0] * 4 + [1] * 4)
    self.assertEqual({turn.kind for turn in turns}, {'throughput'})

  def test_other_kinds_come_once_after_the_first_repeat(self):
    cells = plan.cells([workload('x')], [1, 2], False)
    turns = plan.order(cells, ['redis'], ['A', 'B'], 2, latency=True,
                       measured='A', instructions=True)
    kinds = [(turn.kind, turn.repeat) for turn in turns]
    self.assertEqual(
        kinds, [('throughput', 0)] * 2 + [('latency', 0)] * 4 +
        [('measured', 0)] * 2 + [('instructions', 0)] * 2 +
        [('program', 0)] * 2 + [('throughput', 1)] * 2 + [('program', 1)] * 2)
    self.assertEqual(shown(turns[6:10]), 'Ax1 Ax2 Ax1 Bx1')
    self.assertEqual(shown(turns[10:12]), 'Aredis Bredis')

  def test_numbers_of_threads_that_a_workload_has(self):
    listed = [workload('pipe', 2, 4), workload('crowd', 1000, 1000)]
    self.assertEqual(plan.cells(listed, [1, 2, 4, 8], False),
                     [plan.Cell('pipe', 2), plan.Cell('pipe', 4),
                      plan.Cell('crowd', 1000)])
    self.assertEqual(plan.cells(listed, [1, 2], True), [plan.Cell('pipe', 2)])

  def test_where_a_cell_is_noisy_all_have_another_turn(self):
    cells = plan.cells([workload('x'), workload('y'), workload('z')], [1], False)
    A, B, C = (allocators.Allocator(name, '') for name in 'ABC')
    turns = plan.order(cells, ['redis'], [A, B, C], 2, latency=True)
    made = [{'workload': name, 'threads': threads, 'allocator': allocator,
             'ns_per_operation': {'median': ns}, 'noisy': noisy}
            for name, threads, allocator, ns, noisy in (
                ('x', 1, 'A', 3, True), ('x', 1, 'B', 1, False),
                ('x', 1, 'C', 2, False), ('y', 1, 'A', 1, True),
                ('y', 1, 'B', 2, False), ('z', 1, 'A', 1, False),
                ('redis', None, 'A', 1, True))]
    self.assertEqual(
        [(turn.cell.workload, [one.name for one in turn.allocators], turn.kind,
          turn.repeat) for turn in plan.again(turns, made, 2)],
        [('x', ['A', 'B', 'C'], 'throughput', 2),
         ('y', ['A', 'B', 'C'], 'throughput', 2)])


if __name__ == '__main__':
  unittest.main()
