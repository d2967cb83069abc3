"""Recorded programs as workloads: bench/replay on the traces of bench/traces.

Takes from: project. Gives to: worker.
The program lists, measures and answers as bench_worker does; only what comes
first on its command line differs.
"""

import project

# As bench/replay names a trace's file.
_PREFIX = 'replay_'


def _traces():
  return {_PREFIX + path.stem: str(path)
          for path in sorted(project.traces().glob('*.trace'))}


def listing():
  """Returns the command that lists them, or None when there is no trace."""
  paths = list(_traces().values())
  return [str(project.replay()), '--list'] + paths if paths else None


def command(workload):
  """Returns how its command begins, or None when it is no recorded program."""
  path = _traces().get(workload)
  return path and [str(project.replay()), path]
