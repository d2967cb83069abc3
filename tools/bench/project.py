"""Where things are, and the environment that every measured process gets.

Takes from: nothing. Gives to: every other module.
"""

import datetime
import os
import pathlib
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Variables that change how a malloc behaves: only the runner sets them.
_TUNING = ('LD_PRELOAD', 'LD_LIBRARY_PATH', 'GLIBC_TUNABLES', 'MALLOC_',
           'HEADROOM_', 'MIMALLOC_', 'TCMALLOC_', 'SCUDO_', 'TBB_', '_RJEM')


class Failed(Exception):
  """One sentence for the user."""


def worker():
  return ROOT / 'bazel-bin' / 'bench' / 'bench_worker'


def replay():
  return ROOT / 'bazel-bin' / 'bench' / 'replay' / 'replay'


def traces():
  """The folder of the recorded programs."""
  return ROOT / 'bench' / 'traces'


def headroom():
  return ROOT / 'bazel-bin' / 'allocator' / 'libheadroom.so'


def measured_library():
  """Headroom that counts its locks and tiers, or None when it is not built."""
  path = ROOT / 'bazel-bin' / 'allocator' / 'libheadroom_measured.so'
  return path if path.exists() else None


def shown(path):
  """A file's name for people: what Bazel built is below bazel-bin."""
  built = (ROOT / 'bazel-bin').resolve()
  path = pathlib.Path(path)
  if path.is_relative_to(built):
    return str('bazel-bin' / path.relative_to(built))
  return str(path)


def system_library():
  """The libc that this interpreter runs on."""
  with open('/proc/self/maps', encoding='ascii', errors='replace') as maps:
    for line in maps:
      if os.path.basename(line.rstrip('\n')).startswith('libc.so'):
        return pathlib.Path(line.split(maxsplit=5)[5].strip())
  raise Failed('this Python has not mapped libc.so: it is linked statically')


def results_folder(now=None):
  """A new folder for a run that named none; git ignores it."""
  folder = ROOT / 'bench-results'
  if not os.access(ROOT, os.W_OK):
    cache = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    folder = pathlib.Path(cache) / 'headroom' / 'bench'
  now = now or datetime.datetime.now()
  return folder / now.strftime('%Y-%m-%d_%H-%M-%S')


def environment(preload=(), options=''):
  """The caller's environment without what tunes a malloc."""
  clean = {name: value for name, value in os.environ.items()
           if not name.startswith(_TUNING)}
  clean['LC_ALL'] = 'C'
  if preload:
    clean['LD_PRELOAD'] = ':'.join(str(path) for path in preload)
  if options:
    clean['HEADROOM_OPTIONS'] = options
  return clean


def output_of(*words, whatever_status=False, **more):
  """Runs a tool; returns what it prints, or '' when it fails or is missing."""
  try:
    run = subprocess.run([str(word) for word in words], check=False,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, **more)
  except OSError:
    return ''
  if run.returncode != 0 and not whatever_status:
    return ''
  return run.stdout.decode(errors='replace')


def finish(words, environment, limit, name):
  """Runs a program to its end; returns its status and what it wrote to standard
  output and error. After `limit` seconds, or when the caller is interrupted, it
  is killed with all that it started."""
  # In a group of its own: Ctrl-C is for the runner alone, which ends it.
  with subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                        start_new_session=True) as process:
    try:
      out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
      kill_group(process)
      raise Failed('%s was stopped after %d s' % (name, limit))
    except BaseException:
      kill_group(process)
      raise
  return (process.returncode, out.decode(errors='replace'),
          err.decode(errors='replace'))


def kill_group(process):
  """Ends a process that leads a group, and all that it started."""
  try:
    os.killpg(process.pid, signal.SIGKILL)
  except ProcessLookupError:
    pass
  process.wait()
