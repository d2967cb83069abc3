"""Which turns there are, and in which order.

Takes from: allocators, cells. Gives to: measure, main.
Invariant: a turn of a workload is one of all allocators; the first repeat is
  complete before anything else begins, so that a run that was stopped has
  something of each.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Cell:
  workload: str
  threads: object  # a number; None for a program


@dataclasses.dataclass(frozen=True)
class Turn:
  cell: Cell
  allocators: tuple  # of throughput, those that run at the same time; else one
  kind: str  # 'throughput', 'latency', 'measured', 'instructions', 'program'
  repeat: int = 0


def cells(workloads, threads, threads_given):
  """workloads: what the worker's --list says of each that was chosen.

  A workload that has none of the numbers of threads has its least instead,
  unless the caller asked for certain numbers.
  """
  chosen = []
  for workload in workloads:
    least = workload.get('least_threads') or 1
    most = workload.get('most_threads') or max(threads + [least])
    fitting = [count for count in threads if least <= count <= most]
    if not fitting and not threads_given:
      fitting = [least]
    chosen += [Cell(workload['name'], count) for count in fitting]
  return chosen


def _together(of_cells, allocators, repeat):
  return [Turn(cell, tuple(allocators), 'throughput', repeat)
          for cell in of_cells]


def _one_by_one(of_cells, allocators, kind, repeat=0):
  return [Turn(cell, (allocator,), kind, repeat)
          for cell in of_cells for allocator in allocators]


def order(of_cells, programs, allocators, repeats, latency=False,
          measured=None, instructions=False):
  """measured: the allocator whose instrumented build runs too, or None."""
  of_programs = [Cell(name, None) for name in programs]
  turns = []
  for repeat in range(repeats):
    turns += _together(of_cells, allocators, repeat)
    if repeat == 0:
      if latency:
        turns += _one_by_one(of_cells, allocators, 'latency')
      if measured:
        turns += _one_by_one(of_cells, [measured], 'measured')
      if instructions:
        alone = [cell for cell in of_cells if cell.threads == 1]
        turns += _one_by_one(alone, allocators, 'instructions')
    turns += _one_by_one(of_programs, allocators, 'program', repeat)
  return turns


def again(turns, made, repeat):
  """One more turn of each place where the cells made so far are noisy.

  turns: the plan, of which the first repeat's throughput is repeated. A program
  runs long enough to be left alone.
  """
  noisy = {(cell['workload'], cell['threads']) for cell in made
           if cell['noisy']}
  return [dataclasses.replace(turn, repeat=repeat) for turn in turns
          if turn.kind == 'throughput' and turn.repeat == 0 and
          (turn.cell.workload, turn.cell.threads) in noisy]
