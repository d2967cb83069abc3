#!/usr/bin/python3 -IS
"""Plays bench_worker, and bench/replay on a trace: answers as they do, with
figures that are always the same.

An operation takes a base of the workload's, times a factor of the malloc's. The
folder of $FAKE_WORKER, if it is set, says how it should misbehave and gets a line
for each call:
  calls         what it was called with, a line for each
  wrong_malloc  it says that malloc was that of this file
  crash         it dies if its command has this text
  unsteady      on that malloc, it takes longer with each call
  stop          it waits for ever from this call on (a number)
  slice         it answers so to a slice
  mortal        on that malloc, it dies in its third slice
"""

import json
import os
import pathlib
import sys
import time

WORKLOADS = {
    'larson': {'about': 'server-like churn', 'quick': True, 'base': 10},
    'batch_lifo': {'about': 'last in, first out', 'quick': True, 'base': 5},
    'soak': {'about': 'sizes drift', 'quick': False, 'base': 20},
    'crowd': {'about': 'many threads', 'quick': False, 'base': 50,
              'least_threads': 1000, 'most_threads': 1000},
}


# What bench/replay would find in any trace.
RECORDED = {'about': 'a recorded program', 'quick': False, 'base': 40,
            'least_threads': 3, 'most_threads': 3}


def recorded_name(path):
  return 'replay_' + pathlib.Path(path).stem


def list_workloads(traces):
  workloads = ({recorded_name(path): RECORDED for path in traces} if traces
               else WORKLOADS)
  for name, facts in workloads.items():
    print(json.dumps({
        'name': name, 'about': facts['about'], 'source': 'none',
        'pattern': 'none', 'quick': facts['quick'],
        'most_threads': facts.get('most_threads'),
        'least_threads': facts.get('least_threads', 1)}))


def misbehaviour(name):
  folder = os.environ.get('FAKE_WORKER')
  path = pathlib.Path(folder, name) if folder else None
  return path.read_text() if path and path.exists() else ''


def note_call(preload):
  folder = os.environ.get('FAKE_WORKER')
  if not folder:
    return 0
  calls = pathlib.Path(folder, 'calls')
  with open(calls, 'a', encoding='utf-8') as file:
    file.write('%s %s\n' % (pathlib.Path(preload).name or 'system',
                            ' '.join(sys.argv[1:])))
  return len(calls.read_text().splitlines())


def libc():
  for line in pathlib.Path('/proc/self/maps').read_text().splitlines():
    if '/libc.so' in line:
      return line.split()[-1]
  return ''


def take_turns(wall, ns):
  """Returns how many there were."""
  turns = 0
  mortal = misbehaviour('mortal')
  for turns, _ in enumerate(sys.stdin, 1):
    if turns == 3 and mortal and mortal in os.environ.get('LD_PRELOAD', ''):
      sys.exit('fake_worker: it is mortal')
    print(misbehaviour('slice') or '%d %d' % (wall * 1e9 / ns, wall * 1e9),
          flush=True)
  return turns


def main():
  if sys.argv[1] == '--list':
    list_workloads(sys.argv[2:])
    return
  preload = os.environ.get('LD_PRELOAD', '')
  call = note_call(preload)
  if misbehaviour('stop') and call >= int(misbehaviour('stop')):
    pathlib.Path(os.environ['FAKE_WORKER'], 'pid').write_text(str(os.getpid()))
    time.sleep(600)
  crash = misbehaviour('crash')
  if crash and crash in ' '.join([preload] + sys.argv):
    sys.exit('fake_worker: it was told to die')
  options = dict(word.lstrip('-').split('=') for word in sys.argv[1:]
                 if '=' in word)
  if 'workload' in options:
    workload, threads = options['workload'], int(options['threads'])
    base = WORKLOADS[workload]['base']
  else:
    workload, threads = recorded_name(sys.argv[1]), RECORDED['least_threads']
    base = RECORDED['base']
  factor = 1 + len(pathlib.Path(preload).name) % 7
  ns = base * factor / threads
  unsteady = misbehaviour('unsteady')
  if unsteady and unsteady in preload:
    ns *= call
  wall = float(options['seconds'])
  if '--slices' in sys.argv:
    wall *= take_turns(wall, ns)
  result = {
      'workload': workload, 'threads': threads,
      'operations': int(wall * 1e9 / ns), 'wall_s': wall,
      'user_s': wall * threads, 'system_s': 0, 'peak_rss_kib': 1024 * factor,
      'minor_faults': 1, 'major_faults': 0, 'voluntary_switches': 2,
      'involuntary_switches': 3,
      'malloc_file': misbehaviour('wrong_malloc') or preload or libc()}
  if 'rss_every_ms' in options:
    result['rss'] = [[0, 512], [10, 1024 * factor]]
  if '--latency' in sys.argv:
    one = {'count': 10, 'max_ns': 900, 'percentiles': [[50, 10], [99, 800]],
           'buckets': [[16, 9], [1024, 1]]}
    result['latency'] = {'malloc': one, 'free': one}
  print(json.dumps(result))


if __name__ == '__main__':
  main()
