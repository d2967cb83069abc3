"""Commands for gdb that explain the heap of a program on Headroom.

  (gdb) source tools/headroom_gdb.py
  (gdb) headroom explain ADDRESS   which block this is, its state, its neighbours
  (gdb) headroom heap              blocks and bytes of each class
  (gdb) headroom threads           what threads' caches hold
  (gdb) headroom check             everything that does not fit

For cores and live processes, stripped or not; writes nothing. See
docs/debugging.md.
"""

import collections
import os
import re
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import headroom_heap as hh
import headroom_text

# How far below its thread pointer a thread's word that leads to its cache can
# lie: the static TLS of all libraries.
TLS_BYTES = 1 << 16
PAGE_BYTES = 4096


class Inferior:
  """The memory of what gdb looks at."""

  def read(self, address, count):
    try:
      return gdb.selected_inferior().read_memory(address, count).tobytes()
    except (gdb.MemoryError, OverflowError) as error:
      raise hh.Unreadable('0x%x' % address) from error


def _ranges():
  """Where an anchor can lie: files' data, then all else that is in a core."""
  sections = re.findall(r'(0x[0-9a-f]+) - (0x[0-9a-f]+) is (\S+)',
                        gdb.execute('info files', to_string=True))
  named = [(start, end) for start, end, name in sections
           if name.startswith(('.data', '.rodata'))]
  others = [(start, end) for start, end, name in sections
            if name.startswith('load')]
  try:
    mapped = re.findall(r'^\s*(0x[0-9a-f]+)\s+(0x[0-9a-f]+)\s.*/',
                        gdb.execute('info proc mappings', to_string=True),
                        re.MULTILINE)
  except gdb.error:
    mapped = []
  for start, end in named + mapped + others:
    yield int(start, 16), int(end, 16)


def _search(source, start, end, step=1 << 20):
  """Yields where the magic is in [start, end), whatever else is unreadable."""
  while start < end:
    count = min(step, end - start)
    try:
      # A little more: a magic may lie across two steps.
      data = source.read(start, min(count + len(hh.MAGIC) - 1, end - start))
      at = data.find(hh.MAGIC)
      while at >= 0:
        yield start + at
        at = data.find(hh.MAGIC, at + 1)
    except hh.Unreadable:
      if step > PAGE_BYTES:
        yield from _search(source, start, start + count, PAGE_BYTES)
    start += count


def _find_anchor():
  source = Inferior()
  try:
    symbol = int(gdb.parse_and_eval('(unsigned long)&headroom_debug_anchor'))
    anchor = hh.read_anchor(source, symbol)
    if anchor:
      return anchor
  except gdb.error:
    pass
  for start, end in _ranges():
    for address in _search(source, start, end):
      anchor = hh.read_anchor(source, address)
      if anchor:
        return anchor
  raise gdb.GdbError('no Headroom in this program, or its data is not in the '
                     'core')


def _thread_pointers():
  """Returns [(words for a thread, its thread pointer)]."""
  selected, found = gdb.selected_thread(), []
  frame = gdb.selected_frame() if selected else None
  for thread in gdb.selected_inferior().threads():
    thread.switch()
    pointer = int(gdb.parse_and_eval('(unsigned long)$fs_base'))
    found.append(('thread %d (LWP %d)' % (thread.num, thread.ptid[1]), pointer))
  if selected:
    selected.switch()
    frame.select()
  return found


def _name_caches(heap):
  """Returns {cache: whose}. The word that leads from a thread to its cache
  lies at the same distance from every thread's pointer."""
  caches = {cache.address for cache in heap.caches}
  distances = collections.defaultdict(dict)
  for name, pointer in _thread_pointers():
    end = pointer
    while end > pointer - TLS_BYTES:
      start = (end - 1) & -PAGE_BYTES
      try:
        words = hh.Memory(Inferior()).words(start, (end - start) // 8)
      except hh.Unreadable:
        break
      for i, word in enumerate(words):
        if word in caches:
          distances[pointer - start - 8 * i].setdefault(word, name)
      end = start
  # Nearest first: a stack, which may hold such a word too, lies below.
  best = max(sorted(distances), key=lambda d: len(distances[d]), default=None)
  return distances[best] if best is not None else {}


class HeadroomPrefix(gdb.Command):
  """Explains the heap of a program on Headroom."""

  def __init__(self):
    super().__init__('headroom', gdb.COMMAND_DATA, prefix=True)


class HeadroomCommand(gdb.Command):
  """One of the subcommands."""

  def __init__(self, name, help_text, lines, has_address=False):
    self.__doc__ = help_text
    self.lines, self.has_address = lines, has_address
    super().__init__('headroom ' + name, gdb.COMMAND_DATA,
                     gdb.COMPLETE_EXPRESSION)

  def invoke(self, argument, from_tty):
    address = []
    if self.has_address:
      if not argument:
        raise gdb.GdbError('which address?')
      address = [int(gdb.parse_and_eval('(unsigned long)(%s)' % argument))]
    try:
      heap = hh.Heap(Inferior(), _find_anchor())
      for line in self.lines(heap, *address, _name_caches(heap)):
        gdb.write(line + '\n')
    except hh.Unreadable as error:
      raise gdb.GdbError('memory at %s cannot be read' % error)
    except ValueError as error:
      raise gdb.GdbError(str(error))


HeadroomPrefix()
HeadroomCommand('explain', 'Which block an address is in: its state, its '
                'neighbours.', headroom_text.explain, has_address=True)
HeadroomCommand('heap', 'Blocks and bytes of each size class.',
                headroom_text.heap)
HeadroomCommand('threads', "What threads' caches hold.", headroom_text.threads)
HeadroomCommand('check', 'Everything in the heap that does not fit.',
                headroom_text.check)
