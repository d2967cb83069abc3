"""A folder in which a real program runs on one malloc, and what it took.

Takes from: project, allocators, server. Gives to: every program.
Invariant: the program has the allocator preloaded, or project.Failed says that
  it has not; nothing that was started outlives the stage.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import project
from programs import server as servers

PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
LIMIT = 120


class Stage:
  """Fields: folder, a pathlib.Path that is empty at the start."""

  def __init__(self, allocator):
    self._preload = ':'.join(allocator.preload_for_programs())
    self._options = allocator.options
    self._file = os.path.realpath(allocator.file)
    self.folder = None

  def __enter__(self):
    self.folder = pathlib.Path(tempfile.mkdtemp(prefix='headroom_bench.'))
    return self

  def __exit__(self, *_):
    shutil.rmtree(self.folder, ignore_errors=True)

  def environment(self, more=None):
    """For tools: without the allocator."""
    return {**project.environment(), 'PATH': PATH, 'HOME': str(self.folder),
            'TZ': 'UTC', **(more or {})}

  def tool(self, *words, **more):
    """Runs a helper on the system's malloc; returns what it prints."""
    try:
      done = subprocess.run([str(word) for word in words], cwd=self.folder,
                            env=self.environment(), check=False, timeout=LIMIT,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True, **more)
    except subprocess.TimeoutExpired:
      raise project.Failed('%s was stopped after %d s' % (words[0], LIMIT))
    if done.returncode != 0:
      raise project.Failed('%s ended with status %d: %s' % (
          words[0], done.returncode, _last(done.stderr)))
    return done.stdout.decode(errors='replace')

  def _on_allocator(self, words):
    # Only the program itself and what it starts are on the allocator.
    options = ['HEADROOM_OPTIONS=' + self._options] if self._options else []
    return (['env', 'LD_PRELOAD=' + self._preload] + options +
            [str(word) for word in words])

  def command(self, *words, more=None, stdin=None):
    """Runs the program to its end; returns the figures of a run.

    The peak is that of its largest process. GNU time looks at it: a child of
    this interpreter would inherit the interpreter's peak.
    """
    peak = self.folder / '.peak'
    with open(self.folder / '.errors', 'w+b') as errors:
      start = time.monotonic()
      with subprocess.Popen(
          ['time', '-q', '-f', '%M', '-o', str(peak)] +
          self._on_allocator(words), cwd=self.folder,
          env=self.environment(more), stdout=subprocess.DEVNULL, stderr=errors,
          stdin=stdin or subprocess.DEVNULL, start_new_session=True) as process:
        status, usage = _wait(process, words[0])
      wall = time.monotonic() - start
      errors.seek(0)
      said = errors.read()
    self._check(words[0], status, said)
    return {'operations': 1, 'wall_s': wall, 'user_s': usage.ru_utime,
            'system_s': usage.ru_stime, 'minor_faults': usage.ru_minflt,
            'major_faults': usage.ru_majflt,
            'voluntary_switches': usage.ru_nvcsw,
            'involuntary_switches': usage.ru_nivcsw,
            'peak_rss_kib': int(peak.read_text().split()[-1])}

  @staticmethod
  def _check(name, status, said):
    if b'cannot be preloaded' in said:
      raise project.Failed(_last(said))
    if status != 0:
      raise project.Failed('%s ended with status %d: %s' %
                           (name, status, _last(said)))

  @contextlib.contextmanager
  def server(self, *words, ready):
    """Starts a server; ready() says whether it serves. Gives its Server.

    setpriv: it ends with this process, even when this one is killed.
    """
    log = self.folder / '.log'
    with open(log, 'wb') as out:
      process = subprocess.Popen(
          ['setpriv', '--pdeathsig', 'TERM', '--'] + self._on_allocator(words),
          cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
          stdout=out, stderr=out, start_new_session=True)
    try:
      deadline = time.monotonic() + 20
      while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
          raise project.Failed('%s did not start: %s' %
                               (words[0], _last(log.read_bytes())))
        time.sleep(0.02)
      served = servers.Server(process.pid)
      served.check_maps(self._file)
      yield served
    finally:
      project.kill_group(process)


def _wait(process, name):
  """Returns status and usage, of the process and of all it waited for."""
  try:
    deadline = time.monotonic() + LIMIT
    while True:
      pid, status, usage = os.wait4(process.pid, os.WNOHANG)
      if pid:
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage
      if time.monotonic() > deadline:
        raise project.Failed('%s was stopped after %d s' % (name, LIMIT))
      time.sleep(0.001)
  except BaseException:
    project.kill_group(process)
    raise


def _last(said):
  lines = said.decode(errors='replace').strip().splitlines()
  return lines[-1][:200] if lines else 'without a word'
