#!/usr/bin/python3
"""Runs the programs of crimes/ and legal/ over allocators, as a table.

Usage: compare_peers.py [--peer NAME=PATH.so]... [--programs FOLDER]
                        [--headroom PATH.so] [--only FAMILY] [--check FILE]

Build them first: bazel build //tests/misuse:programs //allocator:libheadroom.so
Without --peer: Headroom, glibc and those of the usual allocators that are
installed. --only runs one family's crimes. --check FILE runs nothing: it wants
in FILE, between the marker comments, a table with a row for each family of
crimes.txt, whatever the figures.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import glob
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BEGIN = '<!-- begin: compare_peers -->'
END = '<!-- end: compare_peers -->'
SECONDS = 60
SKIPPED = 77  # The allocator offers no occasion for the crime.
SIZES = {
    '-': ['0'],
    'small': ['8', '24', '100', '1000', '5000'],
    'all': ['8', '24', '100', '1000', '5000', '40000', '300000', '3145728'],
}
# Sampling is a matter of chance: it gets a family of its own, where every block
# is sampled, and is off in all others. Options of allocators: (off, all).
SAMPLED = 'sample_every=1'
SAMPLING = {
    'HEADROOM_OPTIONS': ('sample_every=0', SAMPLED),
    'SCUDO_OPTIONS': ('GWP_ASAN_Enabled=0', 'GWP_ASAN_SampleRate=1'),
}
# Where a distribution or LLVM puts an allocator, what the table calls it, and
# what turns on all the checks it has. The version comes from the file's package.
LIBRARIES = '/usr/lib/x86_64-linux-gnu/'
SCUDO = '/usr/lib/llvm-*/lib/clang/*/lib/linux/' \
    'libclang_rt.scudo_standalone-x86_64.so'
PEERS = [
    ('glibc, check=3', LIBRARIES + 'libc_malloc_debug.so.0',
     ('GLIBC_TUNABLES', 'glibc.malloc.check=3')),
    ('jemalloc', LIBRARIES + 'libjemalloc.so.2', None),
    ('mimalloc', LIBRARIES + 'libmimalloc.so.2', None),
    ('mimalloc secure', LIBRARIES + 'libmimalloc-secure.so.2', None),
    ('gperftools', LIBRARIES + 'libtcmalloc_minimal.so.4', None),
    ('gperftools debug', LIBRARIES + 'libtcmalloc_minimal_debug.so.4', None),
    ('oneTBB', LIBRARIES + 'libtbbmalloc_proxy.so.2', None),
    ('Scudo', SCUDO, None),
    ('Scudo strict', SCUDO,
     ('SCUDO_OPTIONS',
      'dealloc_type_mismatch=1:delete_size_mismatch=1:zero_contents=1:'
      'quarantine_size_kb=1024:thread_local_quarantine_size_kb=256:'
      'quarantine_max_chunk_size=65536')),
]


@dataclasses.dataclass(frozen=True)
class Allocator:
  name: str
  preload: str  # Empty: the system's own.
  setting: tuple = None  # (variable, value)

  def environment(self, sampled):
    """Returns the environment of a program that runs on it."""
    environment = {key: value for key, value in os.environ.items()
                   if key not in ('LD_PRELOAD', *SAMPLING)}
    if self.preload:
      environment['LD_PRELOAD'] = self.preload
    if self.setting:
      environment[self.setting[0]] = self.setting[1]
    for variable, values in SAMPLING.items():
      options = [environment.get(variable, ''), values[sampled]]
      environment[variable] = ':'.join(filter(None, options))
    return environment


@dataclasses.dataclass(frozen=True)
class Crime:
  family: str
  program: str
  n: str
  size: str
  sampled: bool


def read_crimes():
  """Returns the runs of crimes.txt in its order, each program and size once."""
  crimes = {}
  family = None
  for line in (HERE / 'crimes.txt').read_text().splitlines():
    if line.startswith('['):
      family = line.strip('[]')
    elif line and not line.startswith('#'):
      name, sizes, level, _, _ = line.split(' ', 4)
      program, _, n = name.partition('/')
      for size in SIZES.get(sizes, sizes.split(',')):
        crimes.setdefault((program, n, size), Crime(
            family, program, n, size, level == SAMPLED))
  return list(crimes.values())


def families(crimes):
  return list(dict.fromkeys(crime.family for crime in crimes))


def package_version(library):
  """Returns the version of the package that brought the file, or ''."""
  real = os.path.realpath(library)
  for path in (library, real, real.replace('/usr/lib/', '/lib/', 1)):
    owner = subprocess.run(['dpkg', '--search', path], capture_output=True,
                           text=True, check=False).stdout
    if owner:
      package = owner.split(': ')[0].split(', ')[0]
      version = subprocess.run(
          ['dpkg-query', '--show', '--showformat=${Version}', package],
          capture_output=True, text=True, check=False).stdout
      return re.split(r'[-+~]', version.split(':')[-1])[0]
  return ''


def newest(pattern):
  """Returns the file of the pattern with the highest numbers, or None."""
  numbers = lambda path: [int(n) for n in re.findall(r'\d+', path)]
  return max(glob.glob(pattern), key=numbers, default=None)


def default_peers(headroom):
  """Returns the usual allocators that this machine has."""
  peers = [
      Allocator('Headroom', headroom),
      Allocator('Headroom strict', headroom, ('HEADROOM_OPTIONS', 'strict=1')),
      Allocator('glibc ' + os.confstr('CS_GNU_LIBC_VERSION').split()[-1], ''),
  ]
  for name, pattern, setting in PEERS:
    library = newest(pattern)
    if library:
      version = '' if 'glibc' in name else ' ' + package_version(library)
      peers.append(Allocator(name + version, library, setting))
  return peers


def in_child():
  resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
  os.setpgid(0, 0)


def run(command, environment):
  """Returns (the status, None if it hung; what it wrote on stderr)."""
  with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                        preexec_fn=in_child) as process:
    try:
      error = process.communicate(timeout=SECONDS)[1]
    except subprocess.TimeoutExpired:
      os.killpg(process.pid, signal.SIGKILL)
      process.communicate()
      return None, b''
  return process.returncode, error


def outcome(crime, allocator, programs):
  """Returns detected, crashed, survived or skipped.

  Detected is an end with the allocator's own words; an end without a word is a
  crash, whatever the signal, and so is no end. A warning of a program that goes
  on is survived.
  """
  command = [str(programs / 'crimes' / crime.program), crime.size]
  if crime.n:
    command.append(crime.n)
  status, error = run(command, allocator.environment(crime.sampled))
  if status in (0, SKIPPED):
    return 'skipped' if status else 'survived'
  return 'detected' if error else 'crashed'


def legal_outcome(program, allocator):
  status, error = run([str(program)], allocator.environment(False))
  if status == SKIPPED:
    return 'skipped'
  return 'quiet' if status == 0 and not error else 'failed'


def cell(counts):
  total = sum(counts.values()) - counts['skipped']
  if total == 0:
    return '-'
  text = '%d/%d' % (counts['detected'], total)
  if counts['crashed']:
    text += ', %d crashed' % counts['crashed']
  return text


def table(crimes, legal, allocators, programs):
  """Runs everything, two at a time, and returns the table's lines."""
  lines = ['| family | %s |' % ' | '.join(a.name for a in allocators),
           '|--|' + '--|' * len(allocators)]
  with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    ends = {a: list(pool.map(lambda c, a=a: outcome(c, a, programs), crimes))
            for a in allocators}
    quiet = {a: list(pool.map(lambda p, a=a: legal_outcome(p, a), legal))
             for a in allocators}
  for family in families(crimes):
    lines.append('| %s | %s |' % (family, ' | '.join(
        cell(collections.Counter(
            end for crime, end in zip(crimes, ends[a])
            if crime.family == family)) for a in allocators)))
  lines.append('| **all crimes** | %s |' % ' | '.join(
      cell(collections.Counter(ends[a])) for a in allocators))
  lines.append('| legal programs that failed | %s |' % ' | '.join(
      '%d/%d' % (quiet[a].count('failed'),
                 len(quiet[a]) - quiet[a].count('skipped'))
      for a in allocators))
  for a in allocators:
    for program, end in zip(legal, quiet[a]):
      if end == 'failed':
        print('%s: %s failed' % (a.name, program.name), file=sys.stderr)
  return lines


def check(path, crimes):
  """Exits with a sentence if the table in the file lacks a family."""
  text = pathlib.Path(path).read_text()
  match = re.search(re.escape(BEGIN) + '(.*?)' + re.escape(END), text, re.S)
  if match is None:
    sys.exit('compare_peers: %s has no "%s" ... "%s"' % (path, BEGIN, END))
  rows = [line.split('|')[1].strip() for line in match.group(1).splitlines()
          if line.count('|') > 2]
  missing = [f for f in families(crimes) if f not in rows]
  if missing:
    sys.exit('compare_peers: the table in %s lacks: %s' %
             (path, ', '.join(missing)))


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--peer', action='append', metavar='NAME=PATH')
  parser.add_argument('--programs', type=pathlib.Path,
                      default=ROOT / 'bazel-bin/tests/misuse')
  parser.add_argument('--headroom', default=str(
      ROOT / 'bazel-bin/allocator/libheadroom.so'))
  parser.add_argument('--only', metavar='FAMILY')
  parser.add_argument('--check', metavar='FILE')
  arguments = parser.parse_args()
  crimes = read_crimes()
  if arguments.check:
    check(arguments.check, crimes)
    return
  crimes = [crime for crime in crimes
            if arguments.only in (None, crime.family)]
  allocators = default_peers(arguments.headroom)
  if arguments.peer:
    allocators = [Allocator(*peer.split('=', 1)) for peer in arguments.peer]
  for allocator in allocators:
    if allocator.preload and not os.path.exists(allocator.preload):
      sys.exit('compare_peers: no file %s' % allocator.preload)
  legal = sorted(p for p in (arguments.programs / 'legal').iterdir()
                 if not p.suffix and os.access(p, os.X_OK))
  print(BEGIN)
  print('\n'.join(table(crimes, legal, allocators, arguments.programs)))
  print(END)


if __name__ == '__main__':
  main()
