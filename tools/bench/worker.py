"""Runs bench_worker: one process, one figure.

Takes from: project, plan. Gives to: measure, callgrind, main.
Invariant: a figure is returned only if the process ran on the malloc that was
  asked for.
"""

import json
import os

import project

_NEEDED = ('operations', 'wall_s', 'user_s', 'system_s', 'peak_rss_kib',
           'malloc_file')
# About so many points has the curve of memory over time.
_RSS_POINTS = 50


class WrongMalloc(project.Failed):
  """A process ran on another malloc: nothing measured can be trusted."""


def listed():
  """What the worker says of its workloads."""
  try:
    return [json.loads(line)
            for line in _run([str(project.worker()), '--list'],
                             project.environment(), 60).splitlines()]
  except ValueError as problem:
    raise project.Failed('bench_worker --list is no JSON: %s' % problem)


def command(cell, kind, seconds=0, operations=0):
  """Of the lengths, one is not 0."""
  words = [str(project.worker()), '--workload=' + cell.workload,
           '--threads=%d' % cell.threads,
           '--operations=%d' % operations if operations else
           '--seconds=%g' % seconds]
  if kind == 'latency':
    words += ['--latency', '--rss_every_ms=%d' %
              max(1, round(seconds * 1000 / _RSS_POINTS))]
  return words


def run(cell, allocator, kind, seconds):
  """Returns the worker's object; raises project.Failed with a sentence."""
  answer = _run(command(cell, kind, seconds), allocator.environment(),
                60 + 20 * seconds)
  result = parse(answer)
  check_malloc(result, allocator)
  return result


def parse(answer):
  try:
    result = json.loads(answer)
    missing = [name for name in _NEEDED if name not in result]
  except (ValueError, TypeError):
    raise project.Failed("bench_worker answered '%s', which is no JSON object" %
                         answer.strip()[:80])
  if missing:
    raise project.Failed('bench_worker left out %s' % ', '.join(missing))
  if result['operations'] <= 0:
    raise project.Failed('bench_worker did no operation')
  return result


def check_malloc(result, allocator):
  found = os.path.realpath(result['malloc_file'])
  if found != os.path.realpath(allocator.file):
    raise WrongMalloc('%s did not run on %s but on %s' %
                      (allocator.name, allocator.file, found))


def _run(words, environment, limit):
  status, out, err = project.finish(words, environment, limit, 'bench_worker')
  err = err.strip()
  if 'cannot be preloaded' in err:
    raise WrongMalloc(err.splitlines()[0])
  if status != 0:
    how = ('died of signal %d' % -status if status < 0
           else 'ended with status %d' % status)
    last = err.splitlines()[-1] if err else 'without a word'
    raise project.Failed('bench_worker %s: %s' % (how, last))
  return out
