"""A server that runs: its processes, what they took, what its load said.

Takes from: project. Gives to: stage, redis, nginx.
"""

import os
import pathlib
import socket
import time

import project

_TICKS = os.sysconf('SC_CLK_TCK')


class Server:
  """A server's processes: the one that was started and its children."""

  def __init__(self, pid):
    self._pid = pid

  def _pids(self):
    children = _of_process(self._pid, 'task/%d/children' % self._pid)
    return [self._pid] + [int(word) for word in children.split()]

  def check_maps(self, file):
    for pid in self._pids():
      if file not in _of_process(pid, 'maps'):
        raise project.Failed('process %d of the server has not mapped %s' %
                             (pid, file))

  def cpu_s(self):
    """User and system time so far."""
    user = system = 0
    for pid in self._pids():
      fields = _of_process(pid, 'stat').rpartition(') ')[2].split()
      user += int(fields[11])
      system += int(fields[12])
    return user / _TICKS, system / _TICKS

  def peak_rss_kib(self):
    """The sum of the processes' peaks."""
    return sum(int(line.split()[1]) for pid in self._pids()
               for line in _of_process(pid, 'status').splitlines()
               if line.startswith('VmHWM:'))

  def under_load(self, requests, load):
    """Calls load(); returns the figures of a run of so many requests."""
    user_before, system_before = self.cpu_s()
    start = time.monotonic()
    load()
    wall = time.monotonic() - start
    user, system = self.cpu_s()
    return {'operations': requests, 'wall_s': wall,
            'user_s': user - user_before, 'system_s': system - system_before,
            'peak_rss_kib': self.peak_rss_kib()}


def free_port():
  with socket.socket() as listener:
    listener.bind(('127.0.0.1', 0))
    return listener.getsockname()[1]


def _of_process(pid, name):
  try:
    return pathlib.Path('/proc/%d/%s' % (pid, name)).read_text(errors='replace')
  except OSError:
    raise project.Failed('the server has ended')


def require(label, value, said):
  """A line of a tool's output has this value, else project.Failed."""
  for line in said.splitlines():
    if line.startswith(label):
      if line[len(label):].strip() == value:
        return
      raise project.Failed(line.strip())
  raise project.Failed("no line '%s' was printed" % label.strip())
