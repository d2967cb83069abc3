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


def _to_repeat(made):
  """(workload, threads, allocator) of noisy cells and, to compare with, of the
  fastest of their place."""
  places = {}
  for cell in made:
    places.setdefault((cell['workload'], cell['threads']), []).append(cell)
  wanted = set()
  for place, of_place in places.items():
    noisy = [cell for cell in of_place if cell['noisy']]
    best = min(of_place, key=lambda cell: cell['ns_per_operation']['median'])
    for cell in noisy and noisy + [best]:
      wanted.add((*place, cell['allocator']))
  return wanted


def again(turns, made, repeat):
  """One more turn of what the cells made so far call noisy.

  turns: the plan, of which the first repeat's throughput is repeated. A program
  runs long enough to be left alone.
  """
  wanted = _to_repeat(made)
  more = []
  for turn in turns:
    if turn.kind == 'throughput' and turn.repeat == 0:
      noisy = tuple(one for one in turn.allocators if
                    (turn.cell.workload, turn.cell.threads, one.name) in wanted)
      if noisy:
        more.append(dataclasses.replace(turn, allocators=noisy, repeat=repeat))
  return more
