"""A planted bug: a patch file of one changed line, with a few words on top.

  An edge is not coalesced: the right neighbour stays a span of its own.
  First: //tests/pages:page_heap_test fuzz:page_heap
  <the patch>

First names the suites that are likely to kill it, which are tried before all
others: test targets, CONFIG=TARGET for one under another configuration, and
fuzz:NAME for a minute of fuzzing.
"""

import dataclasses
import pathlib
import re


class BadMutant(Exception):
  """The patch file is not what this page says."""


@dataclasses.dataclass(frozen=True)
class Mutant:
  name: str
  words: str
  first: tuple
  patch: pathlib.Path
  file: str  # that it changes


def _changes(patch, sign):
  return [line for line in patch
          if line.startswith(sign) and not line.startswith(sign * 3)]


def read(path):
  """Reads a patch file; BadMutant says what is wrong with it."""
  lines = path.read_text(encoding='utf-8').splitlines()
  starts = [i for i, line in enumerate(lines) if line.startswith('--- ')]
  if len(starts) != 1:
    raise BadMutant('%s: a patch of one file is wanted' % path)
  head, patch = lines[:starts[0]], lines[starts[0]:]
  match = re.match(r'\+\+\+ b/(allocator/\S+)$', patch[1])
  if not match:
    raise BadMutant('%s: it must change a file of allocator/' % path)
  removed, added = _changes(patch, '-'), _changes(patch, '+')
  if len(removed) > 1 or len(added) > 1 or not removed + added:
    raise BadMutant('%s: it must change one line' % path)
  words = [line for line in head if line and not line.startswith('First:')]
  first = [line for line in head if line.startswith('First:')]
  if len(words) != 1 or len(first) != 1:
    raise BadMutant('%s: one line of words and one "First:" are wanted' % path)
  return Mutant(path.stem, words[0], tuple(first[0].split()[1:]), path,
                match.group(1))


def read_all(folder, names):
  """Those called `names`, or all; KeyError for a name that is none."""
  mutants = {path.stem: path for path in sorted(folder.glob('*.patch'))}
  for name in names:
    if name not in mutants:
      raise KeyError(name)
  return [read(mutants[name]) for name in names or mutants]
