"""The mallocs to compare: Headroom, the system's, and what is installed.

Takes from: project, versions. Gives to: main, measure.
"""

import dataclasses
import glob
import pathlib

import project
import versions

_LIBRARIES = '/usr/lib/x86_64-linux-gnu/'
# Where Debian has each; the last of several is the newest.
_PEERS = (
    ('jemalloc', _LIBRARIES + 'libjemalloc.so.2'),
    ('mimalloc', _LIBRARIES + 'libmimalloc.so.[0-9]'),
    ('gperftools', _LIBRARIES + 'libtcmalloc_minimal.so.4'),
    ('tbbmalloc', _LIBRARIES + 'libtbbmalloc_proxy.so.2'),
    ('scudo', '/usr/lib/llvm-*/lib/clang/*/lib/linux/'
              'libclang_rt.scudo_standalone-x86_64.so'),
)


@dataclasses.dataclass(frozen=True)
class Allocator:
  """file: where malloc is. preload: what LD_PRELOAD names for it."""
  name: str
  file: str
  preload: tuple = ()
  options: str = ''
  is_headroom: bool = False

  def environment(self):
    return project.environment(self.preload, self.options)

  def preload_for_programs(self):
    """Some programs are linked to another malloc: the system's is named too."""
    return self.preload or (self.file,)


def of_library(name, path, options='', is_headroom=False):
  path = str(pathlib.Path(path).resolve())
  return Allocator(name, path, (path,), options, is_headroom)


def installed():
  found = []
  for name, pattern in _PEERS:
    paths = sorted(glob.glob(pattern))
    if paths:
      found.append(of_library(name, paths[-1]))
  return found


def available(peers=(), levels=()):
  """All, Headroom first; a peer of one's own takes an installed one's place."""
  own = [of_library(name, path) for name, path in peers]
  taken = {one.name for one in own}
  return (
      [of_library('headroom', project.headroom(), is_headroom=True)] +
      [of_library(name, project.headroom(), options, is_headroom=True)
       for name, options in levels] +
      [Allocator('system', str(project.system_library()))] +
      [one for one in installed() if one.name not in taken] + own)


def measured(allocator):
  """Headroom's instrumented build in its place, or None when there is none."""
  path = project.measured_library()
  if path is None:
    return None
  return of_library(allocator.name, path, allocator.options, is_headroom=True)


def describe(allocator):
  """What results.json says of it."""
  facts = versions.read(allocator.file)
  return {'name': allocator.name, 'file': project.shown(allocator.file),
          'options': allocator.options, 'headroom': allocator.is_headroom,
          **facts}
