"""The machine that a benchmark ran on.

Takes from: project, versions. Gives to: main, compare.
"""

import os
import pathlib
import re

import project
import versions


def _text(path):
  try:
    return pathlib.Path(path).read_text(encoding='utf-8', errors='replace')
  except OSError:
    return ''


def chosen(text):
  """The one in brackets: 'always [madvise] never'."""
  found = re.search(r'\[(\w+)\]', text)
  return found[1] if found else text.strip() or 'unknown'


def _cpu():
  found = re.search(r'^model name\s*: (.*)$', _text('/proc/cpuinfo'), re.M)
  return found[1].strip() if found else 'unknown'


def _libc():
  library = project.system_library()
  facts = versions.read(library)
  return 'glibc %s (%s)' % (facts['version'], facts['package'] or library)


def _compiler(program):
  """What the compiler wrote into the program."""
  said = project.output_of('readelf', '--string-dump=.comment', program)
  found = re.findall(r'^\s*\[ *\w+\]\s+(.*)$', said, re.M)
  return ', '.join(found) or 'unknown'


def _flags():
  """The compiler's: those of every build, of .bazelrc, and the project's own."""
  of_bazel = re.findall(r'^build (?:--copt=)?(-c opt|(?<=copt=)\S+)',
                        _text(project.ROOT / '.bazelrc'), re.M)
  own = re.search(r'HEADROOM_COPTS = \[(.*?)\]',
                  _text(project.ROOT / 'tools' / 'copts.bzl'), re.S)
  return ' '.join(of_bazel + re.findall(r'"(.*?)"', own[1] if own else ''))


def _revision():
  return project.output_of('git', '-C', project.ROOT, 'describe', '--always',
                           '--dirty').strip() or 'unknown'


def describe():
  one = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'
  memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
  flags = re.search(r'^flags\s*:.*\bhypervisor\b', _text('/proc/cpuinfo'), re.M)
  return {
      'cpu': _cpu(),
      'processors': len(os.sched_getaffinity(0)),
      'virtual': bool(flags),
      'kernel': os.uname().release,
      'thp': chosen(_text('/sys/kernel/mm/transparent_hugepage/enabled')),
      'governor': _text(one).strip() or 'unknown',
      'libc': _libc(),
      'compiler': _compiler(project.worker()),
      'flags': _flags(),
      'revision': _revision(),
      'memory_mib': memory // 2**20,
      'load': list(os.getloadavg()),
  }
