"""Made-up results of the runner, always the same, for tests of the report.

    fixture.py full|small|interrupted|minimal|hostile > results.json
"""

import json
import random
import sys

ALLOCATORS = {
    'headroom': ('0.9', 1.0), 'mimalloc': ('2.0.9', 0.85),
    'jemalloc': ('5.3.0', 1.3), 'gperftools': ('2.10', 0.95),
    'tbbmalloc': ('2021.8', 1.2), 'scudo': ('22.1.8', 4.5),
    'system': ('2.36', 2.0),
}
WORKLOADS = ('local_churn', 'larson', 'producer_consumer_1_n', 'ring_exchange',
             'batch_lifo', 'sh8bench', 'false_sharing_passive', 'thread_churn',
             'realloc_growth', 'large_blocks')
PROGRAMS = ('redis', 'sqlite3', 'python3', 'clang')
THREADS = (1, 2, 4, 8)
HELD_CLASS, HELD_BYTES, HELD_EXPONENT, HELD_COUNT = 12, 208, 22, 3
HOSTILE = '</script><script>document.title="broken"</script><b>&\u2028{x|y}'


def _spread(median, width):
  return {'median': median, 'low': median * (1 - width),
          'high': median * (1 + width)}


def _latency(random_, ns):
  buckets, upper, count = [], ns * 0.7, 200000
  while count >= 1:
    buckets.append([round(upper, 1), int(count)])
    upper *= 1.25 + random_.random() * 0.2
    count *= 0.55 + random_.random() * 0.15
  return {'count': sum(c for _, c in buckets), 'max_ns': round(buckets[-1][0]),
          'percentiles': [], 'buckets': buckets}


def _log2(random_, first, most, length):
  return [[first + i, max(1, int(most * random_.random() / 3 ** i))]
          for i in range(length)]


def _measures(random_, threads):
  locks = []
  for size_class in range(2, 44, 2):
    count = random_.randrange(1000, 90000)
    locks.append({
        'class': 'central_free_list', 'size_class': size_class,
        'bytes': size_class * 16 + 16, 'acquisitions': count,
        'contended': count * (threads - 1) // 40,
        'wait_ns_log2': _log2(random_, 5, count * (threads - 1) // 20, 9)
                        if threads > 1 else [],
        'hold_ns_log2': _log2(random_, 5, count, 7)})
  for name in ('page_heap', 'registry', 'large_objects'):
    count = random_.randrange(100, 9000)
    locks.append({
        'class': name, 'acquisitions': count, 'contended': count // 30,
        'wait_ns_log2': _log2(random_, 7, count // 30, 6),
        'hold_ns_log2': _log2(random_, 6, count, 9)})
  return {'locks': locks, 'tiers': {
      'thread_cache': {'hits': 1900000, 'misses': 60000},
      'central': {'hits': 58000, 'misses': 2000},
      'page_heap': {'hits': 1900, 'misses': 100}}}


def hold(measures):
  """Adds waits of 5 ms for one class of the central free list."""
  row = next(l for l in measures['locks'] if l.get('size_class') == HELD_CLASS)
  assert row['bytes'] == HELD_BYTES and 2 ** HELD_EXPONENT <= 5e6 < 2 ** 23
  row['wait_ns_log2'].append([HELD_EXPONENT, HELD_COUNT])


def _cell(random_, workload, threads, name, ns, mib, noisy):
  width = 0.12 if noisy else 0.01 + 0.02 * random_.random()
  return {'workload': workload, 'threads': threads, 'allocator': name,
          'ns_per_operation': _spread(ns, width),
          'operations_per_s': _spread(1e9 / ns, width),
          'peak_rss_mib': _spread(mib, 0.01), 'cpu_s': _spread(0.4, 0.02),
          'noisy': noisy, 'runs': 5}


def _runs(random_, workload, threads, name, ns, mib):
  common = {'workload': workload, 'threads': threads, 'allocator': name,
            'calibration_ns': 1e6 * (1 + random_.random() * 0.04),
            'noisy': False}
  rss = [[i * 4, int(mib * 1024 * min(1, 0.2 + i / 40) *
                     (1 - 0.5 * (i > 80)))] for i in range(120)]
  runs = [{**common, 'repeat': i, 'kind': 'throughput', 'operations': 10 ** 6,
           'wall_s': ns / 1e3, 'rss': rss} for i in range(2)]
  runs += [{**common, 'repeat': i, 'kind': 'latency', 'latency': {
      'malloc': _latency(random_, ns * 1.3), 'free': _latency(random_, ns)}}
           for i in range(2)]
  if name == 'headroom':
    measures = _measures(random_, threads)
    if (workload, threads) == ('larson', 4):
      hold(measures)
    runs.append({**common, 'repeat': 0, 'kind': 'measured',
                 'measures': measures})
  return runs


def full(workloads=WORKLOADS, threads=THREADS):
  """Every part there is."""
  random_ = random.Random(1)
  cells, runs = [], []
  for workload in workloads:
    base, size = 4 * 20 ** random_.random(), 12 * 10 ** random_.random()
    for count in threads:
      for name, (_, factor) in ALLOCATORS.items():
        ns = base * factor * (0.6 + 0.9 * random_.random())
        ns *= (1 / min(count, 4) + 0.12 * factor * (count - 1))
        mib = size * (0.7 + random_.random())
        cells.append(_cell(random_, workload, count, name, ns, mib,
                           random_.random() < 0.06))
        runs += _runs(random_, workload, count, name, ns, mib)
  for program in PROGRAMS:
    base = {'redis': 9e3}.get(program, 4e9 * random_.random())
    for name, (_, factor) in ALLOCATORS.items():
      cells.append(_cell(random_, program, None, name,
                         base * (0.9 + 0.05 * factor * random_.random()),
                         40 + 20 * random_.random(), random_.random() < 0.1))
  return {
      'schema': 3, 'command': ['./x', 'bench', '--threads', '1,2,4,8'],
      'started': '2026-11-25T12:00:00+00:00',
      'ended': '2026-11-25T12:40:00+00:00', 'interrupted': False,
      'machine': {
          'cpu': 'Intel(R) Xeon(R) Processor @ 2.60GHz', 'processors': 4,
          'kernel': '6.18.5', 'thp': 'madvise', 'governor': None,
          'libc': 'glibc 2.36', 'compiler': 'g++ 12.2.0', 'flags': '-O2 -DNDEBUG',
          'memory_mib': 24576, 'load': 0.21},
      'settings': {'repeats': 5, 'seconds': 0.4, 'threads': list(threads),
                   'workloads': [*workloads, *PROGRAMS], 'quick': False,
                   'confidence': 0.9375},
      'allocators': [{'name': name, 'version': version, 'options': '',
                      'file': '/usr/lib/lib%s.so' % name}
                     for name, (version, _) in ALLOCATORS.items()],
      'runs': runs, 'cells': cells, 'comparison': None}


def small():
  """Every part, but little of each."""
  return full(WORKLOADS[:2], THREADS[1:3])


def interrupted():
  """Stopped: an allocator lacks cells, nothing but throughput was reached."""
  results = small()
  results['interrupted'] = True
  results['cells'] = results['cells'][:11]
  results['runs'] = [r for r in results['runs'] if r['kind'] == 'throughput'][:22]
  return results


def minimal():
  """The least a report can be made from: one cell of one allocator."""
  return {'schema': 3, 'allocators': [{'name': 'headroom'}], 'runs': [],
          'cells': [{'workload': 'larson', 'threads': 1, 'allocator': 'headroom',
                     'ns_per_operation': {'median': 9},
                     'operations_per_s': {'median': 1.1e8}}]}


def hostile():
  """Strings that would break a page that trusts them, wherever they can be."""
  text = json.dumps(small()).replace('"mimalloc"', json.dumps(HOSTILE))
  results = json.loads(text.replace('"larson"', json.dumps('larson' + HOSTILE)))
  results['command'].append(HOSTILE)
  results['machine'].update(cpu=HOSTILE, more=HOSTILE)
  for key in ('version', 'options', 'file'):
    results['allocators'][0][key] = HOSTILE
  for lock in results['runs'][-1].get('measures', {}).get('locks', []):
    lock['class'] = HOSTILE
  results['comparison'] = [{'workload': HOSTILE, 'threads': 2, 'ratio': 1.5,
                            'allocator': HOSTILE}]
  return results


if __name__ == '__main__':
  json.dump(globals()[sys.argv[1]](), sys.stdout)
