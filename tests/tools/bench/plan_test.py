"""Allocators take turns in each cell, cells in each repeat."""

import unittest

import allocators
import plan


def shown(runs):
  return ' '.join('%s%s%s' % (run.allocator, run.cell.workload,
                              run.cell.threads or '') for run in runs)


def workload(name, least=1, most=None):
  return {'name': name, 'least_threads': least, 'most_threads': most}


class PlanTest(unittest.TestCase):

  def test_turns(self):
    cells = plan.cells([workload('x'), workload('y')], [1, 2], False)
    runs = plan.order(cells, [], ['A', 'B', 'C'], 2)
    once = ('Ax1 Bx1 Cx1 Ax2 Bx2 Cx2 Ay1 By1 Cy1 Ay2 By2 Cy2')
    self.assertEqual(shown(runs), once + ' ' + once)
    self.assertEqual([run.repeat for run in runs], [0] * 12 + [1] * 12)
    self.assertEqual({run.kind for run in runs}, {'throughput'})

  def test_other_kinds_come_once_after_the_first_repeat(self):
    cells = plan.cells([workload('x')], [1, 2], False)
    runs = plan.order(cells, ['redis'], ['A', 'B'], 2, latency=True,
                      measured='A', instructions=True)
    kinds = [(run.kind, run.repeat) for run in runs]
    self.assertEqual(
        kinds, [('throughput', 0)] * 4 + [('latency', 0)] * 4 +
        [('measured', 0)] * 2 + [('instructions', 0)] * 2 +
        [('program', 0)] * 2 + [('throughput', 1)] * 4 + [('program', 1)] * 2)
    self.assertEqual(shown(runs[8:12]), 'Ax1 Ax2 Ax1 Bx1')
    self.assertEqual(shown(runs[12:14]), 'Aredis Bredis')

  def test_numbers_of_threads_that_a_workload_has(self):
    listed = [workload('pipe', 2, 4), workload('crowd', 1000, 1000)]
    self.assertEqual(plan.cells(listed, [1, 2, 4, 8], False),
                     [plan.Cell('pipe', 2), plan.Cell('pipe', 4),
                      plan.Cell('crowd', 1000)])
    self.assertEqual(plan.cells(listed, [1, 2], True), [plan.Cell('pipe', 2)])

  def test_noisy_cells_have_another_turn_beside_the_fastest(self):
    cells = plan.cells([workload('x'), workload('y'), workload('z')], [1], False)
    A, B, C = (allocators.Allocator(name, '') for name in 'ABC')
    runs = plan.order(cells, ['redis'], [A, B, C], 2, latency=True)
    made = [{'workload': name, 'threads': threads, 'allocator': allocator,
             'ns_per_operation': {'median': ns}, 'noisy': noisy}
            for name, threads, allocator, ns, noisy in (
                ('x', 1, 'A', 3, True), ('x', 1, 'B', 1, False),
                ('x', 1, 'C', 2, False), ('y', 1, 'A', 1, True),
                ('y', 1, 'B', 2, False), ('z', 1, 'A', 1, False),
                ('redis', None, 'A', 1, True))]
    self.assertEqual(
        [(run.cell.workload, run.allocator.name, run.kind, run.repeat)
         for run in plan.again(runs, made, 2)],
        [('x', 'A', 'throughput', 2), ('x', 'B', 'throughput', 2),
         ('y', 'A', 'throughput', 2)])


if __name__ == '__main__':
  unittest.main()
