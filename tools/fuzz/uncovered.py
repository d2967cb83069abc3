"""Why lines of the allocator run in no test: fuzz/uncovered.txt.

Takes from: lcov. Gives to: coverage.

  allocator/base/lock.cc         a file
    Sleep(state);                what the first line of an uncovered block holds
    Wake(state);                 another one
      Why both never run.        the reason of those above it
    *                            whatever else there is in the file
      Why.
"""

import dataclasses


class BadFile(Exception):
  """fuzz/uncovered.txt is not written as above."""


@dataclasses.dataclass(eq=False)
class Entry:
  path: str
  text: str
  reason: str = ''
  used: bool = False


def parse(text):
  """Returns [Entry]."""
  entries = []
  path = None
  for number, line in enumerate(text.splitlines(), 1):
    content = line.strip()
    if not content or line.startswith('#'):
      continue
    indent = len(line) - len(line.lstrip(' '))
    if indent == 0:
      path = content
    elif indent == 2 and path:
      entries.append(Entry(path, content))
    elif indent == 4 and entries and entries[-1].path == path:
      _give_reason(entries, path, content)
    else:
      raise BadFile('line %d: neither file, text nor reason' % number)
  for entry in entries:
    if not entry.reason:
      raise BadFile("'%s' of %s has no reason" % (entry.text, entry.path))
  return entries


def _give_reason(entries, path, content):
  """To those without one; a second line goes on with the last one's."""
  waiting = [e for e in entries if e.path == path and not e.reason]
  if not waiting:
    last = entries[-1].reason
    waiting = [e for e in entries if e.path == path and e.reason == last]
  for entry in waiting:
    entry.reason = (entry.reason + ' ' + content).strip()


@dataclasses.dataclass
class Block:
  path: str
  first: int
  last: int
  text: str  # of its first line
  reason: str = ''

  def __str__(self):
    lines = str(self.first)
    if self.last != self.first:
      lines += '-%d' % self.last
    return '%s:%s: %s' % (self.path, lines, self.text)


def explain(files, entries, read_lines):
  """Returns [Block] of all that never ran, with reasons where there are some.

  read_lines(path): the lines of a source file.
  """
  blocks = []
  for path in sorted(files):
    source = None
    for numbers in files[path].blocks():
      source = source or read_lines(path)
      block = Block(path, numbers[0], numbers[-1],
                    source[numbers[0] - 1].strip())
      entry = _entry_for(block, entries)
      if entry:
        entry.used = True
        block.reason = entry.reason
      blocks.append(block)
  return blocks


def _entry_for(block, entries):
  mine = [e for e in entries if e.path == block.path]
  for entry in mine:
    if entry.text != '*' and entry.text in block.text:
      return entry
  return next((e for e in mine if e.text == '*'), None)
