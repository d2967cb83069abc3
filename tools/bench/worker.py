"""Runs bench_worker, or what answers as it does: one process, one figure.

Takes from: project, plan, replays. Gives to: measure, together, callgrind, main.
Invariant: a figure is returned only if the process ran on the malloc that was
  asked for.
"""

import json
import os

import project
import replays

_NEEDED = ('operations', 'wall_s', 'user_s', 'system_s', 'peak_rss_kib',
           'malloc_file')
# About so many points has the curve of memory over time.
_RSS_POINTS = 50


class WrongMalloc(project.Failed):
  """A process ran on another malloc: nothing measured can be trusted."""


def listed():
  """What the workers say of their workloads."""
  lists = [[str(project.worker()), '--list'], replays.listing()]
  try:
    return [json.loads(line) for words in lists if words
            for line in _run(words, project.environment(), 60).splitlines()]
  except ValueError as problem:
    raise project.Failed('what --list says is no JSON: %s' % problem)


def command(cell, kind, seconds=0, operations=0, hold=''):
  """Of the lengths, one is not 0. hold: which lock to hold, where locks are
  measured."""
  words = replays.command(cell.workload) or [
      str(project.worker()), '--workload=' + cell.workload,
      '--threads=%d' % cell.threads]
  words.append('--operations=%d' % operations if operations else
               '--seconds=%g' % seconds)
  if kind == 'measured' and hold:
    words.append('--hold_lock=' + hold)
  if kind == 'latency':
    words += ['--latency', '--rss_every_ms=%d' %
              max(1, round(seconds * 1000 / _RSS_POINTS))]
  return words


def run(cell, allocator, kind, seconds, hold=''):
  """Returns the worker's object; raises project.Failed with a sentence."""
  answer = _run(command(cell, kind, seconds, hold=hold),
                allocator.environment(), 60 + 20 * seconds)
  result = parse(answer)
  check_malloc(result, allocator)
  return result


def parse(answer):
  try:
    result = json.loads(answer)
    missing = [name for name in _NEEDED if name not in result]
  except (ValueError, TypeError):
    raise project.Failed("the worker answered '%s', which is no JSON object" %
                         answer.strip()[:80])
  if missing:
    raise project.Failed('the worker left out %s' % ', '.join(missing))
  if result['operations'] <= 0:
    raise project.Failed('the worker did no operation')
  return result


def check_malloc(result, allocator):
  found = os.path.realpath(result['malloc_file'])
  if found != os.path.realpath(allocator.file):
    raise WrongMalloc('%s did not run on %s but on %s' %
                      (allocator.name, allocator.file, found))


def _run(words, environment, limit):
  name = os.path.basename(words[0])
  status, out, err = project.finish(words, environment, limit, name)
  check_end(name, status, err)
  return out


def check_end(name, status, err):
  """Raises what a worker's end says, with what it wrote to standard error."""
  err = err.strip()
  if 'cannot be preloaded' in err:
    raise WrongMalloc(err.splitlines()[0])
  if status != 0:
    how = ('died of signal %d' % -status if status < 0
           else 'ended with status %d' % status)
    last = err.splitlines()[-1] if err else 'without a word'
    raise project.Failed('%s %s: %s' % (name, how, last))
