"""Which version a library is: read from the file, never typed.

Takes from: project. Gives to: allocators, machine.
"""

import hashlib
import os
import pathlib
import re
import sys

import project

# What a library says of itself: a text in it.
_TEXTS = (
    (rb'\0(\d+\.\d+\.\d+)-\d+-g[0-9a-f]{40}\0', 'jemalloc'),
    (rb'\0gperftools (\d[\w.]*)\0', 'gperftools'),
    (rb'TBBmalloc: VERSION\t+(\d[\w.]*)', 'tbbmalloc'),
    (rb'GNU C Library \(.*?\) stable release version (\d[\w.]*\d)', 'glibc'),
)
# Or a function that is called, in a process that has the library preloaded.
_ASK = '''
import ctypes
me = ctypes.CDLL(None)
for name, kind in (("headroom_version", "s"), ("mi_version", "i")):
  function = getattr(me, name, None)
  if function is not None:
    function.restype = ctypes.c_char_p if kind == "s" else ctypes.c_int
    value = function()
    print(value.decode() if kind == "s" else value)
    break
'''


def _by_text(path):
  # The proxy that replaces malloc is not the library with the version.
  files = [path]
  if path.name.startswith('libtbbmalloc_proxy'):
    files.append(path.with_name(path.name.replace('_proxy', '')))
  for file in files:
    if not file.exists():
      continue
    content = file.read_bytes()
    for pattern, _ in _TEXTS:
      found = re.search(pattern, content)
      if found:
        return found[1].decode()
  return ''


def _by_function(path):
  content = path.read_bytes()
  if b'\0headroom_version\0' not in content and b'\0mi_version\0' not in content:
    return ''
  said = project.output_of(sys.executable, '-I', '-c', _ASK,
                           env=project.environment([path])).strip()
  return _of_number(int(said)) if said.isdecimal() else said


def _of_number(number):
  """mimalloc's 209 is 2.0.9; where a part may have two digits, 20109 is 2.1.9."""
  base = 10 if number < 1000 else 100
  return '%d.%d.%d' % (number // base**2, number // base % base, number % base)


def upstream(debian):
  """The makers' part of a Debian version: 1:2.0.9+ds-2 is 2.0.9."""
  without_epoch = debian.split(':', 1)[-1]
  return re.split(r'[-+~]', without_epoch)[0]


def package(path):
  """Returns 'NAME VERSION' of the Debian package that brought it, or ''."""
  names = {str(path), os.path.realpath(path)}
  # Debian's /lib is /usr/lib, but packages still name either.
  names |= {name[len('/usr'):] for name in names if name.startswith('/usr/lib')}
  # One search for all: its status says that some name was not found.
  owner = project.output_of('dpkg-query', '--search', *sorted(names),
                            whatever_status=True)
  if not owner:
    return ''
  return project.output_of(
      'dpkg-query', '--show', '--showformat=${Package} ${Version}',
      owner.split(': ')[0].split(',')[0]).strip()


def build_id(path):
  found = re.search(r'Build ID: ([0-9a-f]+)',
                    project.output_of('readelf', '--notes', path))
  return found[1] if found else ''


def read(file):
  """Returns version, package, build_id and sha256 (its first 16 digits)."""
  path = pathlib.Path(file).resolve()
  by_package = package(path)
  sha256 = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
  build = build_id(path)
  version = (_by_text(path) or _by_function(path) or
             upstream(by_package.partition(' ')[2]) or
             (build and 'build ' + build[:12]) or 'sha256 ' + sha256)
  return {'version': version, 'package': by_package, 'build_id': build,
          'sha256': sha256}
