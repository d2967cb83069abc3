"""Results of three allocators on a machine with restless neighbours."""

PLACE = ('churn', 2)
# What an operation takes while neighbours rest, and while they work.
CALM = {'a': 10, 'b': 20, 'c': 30}
BUSY = {'a': 15, 'b': 40, 'c': 60}


def _run(name, repeat, ns):
  return {'workload': PLACE[0], 'threads': PLACE[1], 'allocator': name,
          'kind': 'throughput', 'repeat': repeat, 'operations': 150,
          'wall_s': 150e-9 * ns, 'user_s': 150e-9 * ns, 'system_s': 0,
          'peak_rss_kib': 4096, 'slices': [[100, 100 * ns], [50, 50 * ns]]}


def results(turns, files=None, without=()):
  """turns: [{allocator: ns}], two slices each. without: (allocator, turn)."""
  names = list(dict.fromkeys(name for turn in turns for name in turn))
  return {
      'allocators': [{'name': name, 'options': '',
                      'sha256': (files or {}).get(name, name)}
                     for name in names],
      'runs': [_run(name, i, ns) for i, turn in enumerate(turns)
               for name, ns in turn.items() if (name, i) not in without]}


def times(of_turn, **factors):
  return {name: ns * factors.get(name, 1) for name, ns in of_turn.items()}
