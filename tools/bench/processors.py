"""A fixed piece of work, timed on all processors at the same time.

Takes from: nothing. Gives to: calibration.
A neighbour of a virtual machine, or whatever else shares a core, slows down one
processor and not the next: each has a process of its own, which waits for its
turn between two runs.
"""

import multiprocessing
import os
import signal
import time

_STEPS = 50000  # some milliseconds
_LOOK_S = 5


def loop_ns(clock=time.perf_counter_ns):
  start = clock()
  total = 0
  for step in range(_STEPS):
    total += step
  return clock() - start


def _serve(processor, parent, pipe):
  # Ctrl-C is for the benchmark, which ends this one.
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  signal.signal(signal.SIGTERM, signal.SIG_DFL)
  os.sched_setaffinity(0, {processor})
  while os.getppid() == parent:
    try:
      if pipe.poll(_LOOK_S):
        pipe.recv_bytes()
        loop_ns()  # it has slept: the second one finds warm caches
        pipe.send(loop_ns())
    except (EOFError, OSError):
      return


class Processors:
  """Called, it returns what the slowest processor took, in ns."""

  def __init__(self):
    self._pipes = []
    for processor in sorted(os.sched_getaffinity(0)):
      ours, theirs = multiprocessing.Pipe()
      multiprocessing.Process(target=_serve, daemon=True,
                              args=(processor, os.getpid(), theirs)).start()
      theirs.close()
      self._pipes.append(ours)

  def __call__(self):
    for pipe in self._pipes:
      pipe.send_bytes(b'.')
    return max(pipe.recv() for pipe in self._pipes)
