"""Instructions per operation, counted by callgrind.

Takes from: project, worker. Gives to: measure.
Two runs of different lengths: what start and end cost is in both, and the
difference is the operations' alone, with what the workload itself does.
"""

import re

import project
import worker

# What a worker does in so many seconds without valgrind, which makes it some 50
# times slower, is the shorter run; the longer one is so many times as long.
_SECONDS = 0.05
_TIMES = 3
_LIMIT = 300


def count(cell, allocator):
  """Returns a run with instructions_per_operation; raises project.Failed."""
  done = worker.run(cell, allocator, 'throughput', _SECONDS)['operations']
  # A power of ten, so that it is mostly the same again.
  operations = 10 ** (len(str(done)) - 1)
  (few, short), (many, long) = [
      _run(cell, allocator, n) for n in (operations, _TIMES * operations)]
  # The warm-up does as many as the measured part.
  more = 2 * (many['operations'] - few['operations'])
  if more <= 0:
    raise project.Failed('the longer run under callgrind did no more operations')
  return {**many, 'instructions_per_operation': (long - short) / more}


def collected(said):
  """The total that callgrind prints at the end."""
  found = re.search(r'^==\d+== Collected : (\d+)', said, re.M)
  if not found:
    raise project.Failed('callgrind counted nothing: %s' %
                         (said.strip().splitlines() or ['no word'])[-1])
  return int(found[1])


def _run(cell, allocator, operations):
  """Returns what the worker answered and how many instructions it took."""
  # valgrind itself keeps its own malloc: only the worker is on the allocator's.
  words = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null']
  words += worker.command(cell, 'throughput', operations=operations)
  status, out, said = project.finish(words, allocator.environment(), _LIMIT,
                                     'callgrind')
  if status != 0:
    # valgrind's own lines begin with the process's number.
    own = [line for line in said.splitlines() if not line.startswith('==')]
    raise project.Failed(
        'under callgrind, the worker ended with status %d: %s' %
        (status, (own or ['without a word'])[-1]))
  result = worker.parse(out)
  worker.check_malloc(result, allocator)
  return result, collected(said)
