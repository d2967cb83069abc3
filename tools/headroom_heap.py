"""Reads the heap of a program on Headroom: memory in, facts out.

Takes any object with read(address, bytes), which raises Unreadable; needs no
debugger and no symbols. Everything comes from the program's debug anchor, see
allocator/debug_anchor.h. headroom_gdb.py makes text of it.
"""

import array
import bisect
import collections
import struct

MAGIC = b'headroom' + bytes.fromhex('9de15bc23f86f47a')
VERSION = 1
# In the order of struct DebugAnchor, each eight bytes, behind the magic.
FIELDS = '''
version anchor_bytes self
page_map_root keys registry_head size_classes central_lists quarantine_ring
quarantine_oldest quarantine_count freed_mappings
checked page_shift leaf_bits root_entries class_count shard_count
quarantine_capacity freed_mapping_count block_alignment header_bytes
slot_shift first_class_slot large_slot aligned_slot aligned_base_slot
sampled_slot resized_large_slot resized_aligned_slot resized_slot
leaf_closed key_address key_live key_free key_in_span key_quarantined
class_bytes class_stride class_blocks
span_bytes span_first span_pages span_use span_class span_free_bits
span_free_blocks span_carved_blocks span_memory_start span_memory_bytes
span_block_offset span_back_guard
cache_next cache_reserved magazine_top magazine_limit magazine_cells
list_bytes list_stacks list_stacked stack_bytes stack_ring stack_mask
stack_bottom stack_size
quarantined_bytes quarantined_block quarantined_class
'''.split()
ANCHOR_BYTES = len(MAGIC) + 8 * len(FIELDS)
WORD_MASK = (1 << 64) - 1
PAYLOAD_MASK = 0xfe0  # 128 payloads, 32 apart
# States of a block: as its header says, and where no header says anything.
LIVE, FREE, IN_SPAN, QUARANTINED = 'live', 'free', 'in_span', 'quarantined'
DAMAGED, UNCUT = 'damaged', 'uncut'
KINDS = ['free', 'small', 'large', 'mapping']

SizeClass = collections.namedtuple('SizeClass', 'stride usable blocks')
Span = collections.namedtuple(
    'Span', 'address kind start end size_class free_bits free_blocks carved '
    'block block_end')
Cache = collections.namedtuple('Cache', 'address reserved magazines')
Block = collections.namedtuple('Block', 'span index start usable word state')


class Unreadable(Exception):
  """This memory is not there."""


class Memory:
  """Numbers from whatever reads bytes. What is near was read along with it."""

  CHUNK = 1 << 14

  def __init__(self, source):
    self._source = source
    self._start, self._chunk = 0, b''

  def read(self, address, count):
    offset = address - self._start
    if not 0 <= offset <= len(self._chunk) - count and count <= 64:
      start = address & -self.CHUNK
      try:
        self._chunk = self._source.read(start, self.CHUNK)
        self._start = start
      except Unreadable:
        self._chunk = b''
      offset = address - self._start
    if 0 <= offset <= len(self._chunk) - count:
      return self._chunk[offset:offset + count]
    return self._source.read(address, count)

  def word(self, address, size=8):
    return int.from_bytes(self.read(address, size), 'little')

  def words(self, address, count):
    return array.array('Q', self.read(address, 8 * count)) if count else []


def read_anchor(source, address):
  """Returns the anchor at `address` by name, None when there is none."""
  try:
    data = source.read(address, ANCHOR_BYTES)
  except Unreadable:
    return None
  fields = dict(zip(FIELDS, struct.unpack_from('<%dQ' % len(FIELDS), data,
                                               len(MAGIC))))
  if not data.startswith(MAGIC) or fields['self'] != address:
    return None
  if fields['version'] != VERSION or fields['anchor_bytes'] != ANCHOR_BYTES:
    raise ValueError('this program has version %d of Headroom\'s anchor, '
                     'this script reads version %d' %
                     (fields['version'], VERSION))
  return fields


class Seals:
  """The keyed checks of headers, as allocator/block/block_header.h has them."""

  def __init__(self, memory, at):
    place = lambda name: at['keys'] + at['key_' + name]
    self.memory = memory
    self.checked = at['checked']
    self.address_key = memory.word(place('address'))
    self.places = {LIVE: place('live'), FREE: place('free'),
                   IN_SPAN: place('in_span'), QUARANTINED: place('quarantined')}
    self.keys = {}

  def word(self, state, block, payload):
    if not self.checked:
      return payload
    place = self.places[state] + payload
    if place not in self.keys:
      self.keys[place] = self.memory.word(place)
    factor = (block + 1) * self.address_key & WORD_MASK
    product = factor * self.keys[place]
    return (product ^ product >> 64) & WORD_MASK & ~0xffff | payload

  def state(self, block, word):
    for state in self.places:
      if self.word(state, block, word & PAYLOAD_MASK) == word:
        return state
    return DAMAGED


class Heap:
  """What one anchor leads to. Read once: make a new one when time went on."""

  def __init__(self, source, anchor):
    self.memory = Memory(source)
    self.at = anchor
    self.seals = Seals(self.memory, anchor)
    self.classes = self._read_classes()
    self.problems = []  # what did not fit while it was read
    self.leaves = []    # (first page, address)
    self.spans = self._read_spans()
    self.starts = [span.start for span in self.spans]
    self.caches = self._read_caches()
    # {block: [(where, ...)]}, of all lists outside of spans.
    self.places = collections.defaultdict(list)
    self._read_places()

  def _read_classes(self):
    at, classes = self.at, []
    for i in range(at['class_count']):
      info = at['size_classes'] + i * at['class_bytes']
      stride = self.memory.word(info + at['class_stride'], 4)
      classes.append(SizeClass(stride, stride - at['header_bytes'],
                               self.memory.word(info + at['class_blocks'], 4)))
    return classes

  # --- Pages and spans.

  def _read_spans(self):
    at, memory = self.at, self.memory
    root = memory.word(at['page_map_root'])
    if root == 0:
      return []
    records = {}  # {address of a span's record: a page that led there}
    for i, leaf in enumerate(memory.words(root, at['root_entries'])):
      if leaf == 0:
        continue
      first = i << at['leaf_bits']
      self.leaves.append((first, leaf))
      entries = memory.words(leaf, 1 << at['leaf_bits'])
      previous = 0
      for page, record in enumerate(entries, first):
        if record != previous and record != 0:
          records.setdefault(record, page)
        previous = record
    spans = []
    for record, page in records.items():
      try:
        spans.append(self._read_span(record))
      except (Unreadable, ValueError) as error:
        self.problems.append('page 0x%x: the span record at 0x%x is damaged '
                             '(%s)' % (page << at['page_shift'], record, error))
        continue
      span = spans[-1]
      # A mapping may start in the middle of its first page.
      if not (span.start >> at['page_shift'] <= page and
              page << at['page_shift'] < span.end):
        self.problems.append('page 0x%x: leads to a span of other pages'
                             % (page << at['page_shift']))
    return sorted(spans, key=lambda span: span.start)

  def _read_span(self, address):
    at = self.at
    data = self.memory.read(address, at['span_bytes'])

    def field(name, size=8):
      offset = at['span_' + name]
      return int.from_bytes(data[offset:offset + size], 'little')

    use, size_class = field('use', 1), field('class', 1)
    if use >= len(KINDS) or size_class >= at['class_count']:
      raise ValueError('use %d, class %d' % (use, size_class))
    start = field('first') << at['page_shift']
    end = start + (field('pages') << at['page_shift'])
    if KINDS[use] == 'mapping':
      start = field('memory_start')
      end = start + field('memory_bytes')
    return Span(address, KINDS[use], start, end, size_class,
                field('free_bits'), field('free_blocks', 4),
                field('carved_blocks', 4), start + field('block_offset'),
                end - field('back_guard', 8))

  def span_at(self, address):
    """Returns the span that holds `address`, or None."""
    i = bisect.bisect_right(self.starts, address) - 1
    return self.spans[i] if i >= 0 and address < self.spans[i].end else None

  def is_closed(self, address):
    """Whether this is an inaccessible page of the heap's."""
    page = address >> self.at['page_shift']
    for first, leaf in self.leaves:
      if first <= page < first + (1 << self.at['leaf_bits']):
        index = page - first
        word = self.memory.word(leaf + self.at['leaf_closed'] + index // 64 * 8)
        return word >> index % 64 & 1 == 1
    return False

  def was_mapping(self, address):
    words = self.memory.words(self.at['freed_mappings'],
                              2 * self.at['freed_mapping_count'])
    return any(start <= address < end
               for start, end in zip(words[::2], words[1::2]))

  # --- Blocks.

  def slot_of(self, word):
    """The slot that a header shows, -1 for none's."""
    payload, shift = word & 0xffff, self.at['slot_shift']
    return payload >> shift if payload % (1 << shift) == 0 else -1

  def first_block(self, span):
    return span.start + self.at['block_alignment']

  def block_at(self, span, index):
    """The block of a small span."""
    info = self.classes[span.size_class]
    start = self.first_block(span) + index * info.stride
    word = self._header(start)
    state = self._state(start, word) if index < span.carved else UNCUT
    return Block(span, index, start, info.usable, word, state)

  def large_block(self, span):
    word = self._header(span.block)
    return Block(span, 0, span.block, span.block_end - span.block, word,
                 self._state(span.block, word))

  def blocks_of(self, span):
    if span.kind == 'small':
      return [self.block_at(span, i) for i in range(span.carved)]
    return [] if span.kind == 'free' else [self.large_block(span)]

  def index_of(self, span, address):
    """Which block of a small span; None in front of or behind all of them."""
    info = self.classes[span.size_class]
    index = (address - self.first_block(span)) // info.stride
    return index if 0 <= index < info.blocks else None

  def aligned_within(self, block):
    """The aligned block inside of `block`, or None."""
    if block.state != LIVE or (
        self.slot_of(block.word) != self.at['aligned_base_slot']):
      return None
    step, end = self.at['block_alignment'], block.start + block.usable
    for start in range(block.start + step, end, step):
      word = self._header(start)
      if self._state(start, word) == LIVE and self.slot_of(word) in (
          self.at['aligned_slot'], self.at['resized_aligned_slot']):
        return block._replace(start=start, usable=end - start, word=word)
    return None

  def _header(self, block):
    try:
      return self.memory.word(block - self.at['header_bytes'])
    except Unreadable:
      return None

  def _state(self, block, word):
    return DAMAGED if word is None else self.seals.state(block, word)

  # --- Lists of free blocks.

  def _read_caches(self):
    at, memory, caches = self.at, self.memory, []
    address, seen = memory.word(at['registry_head']), set()
    while address != 0 and address not in seen:
      seen.add(address)
      try:
        magazines = {}
        for i in range(at['class_count']):
          blocks = self._read_magazine(address, i)
          if blocks:
            magazines[i] = blocks
        caches.append(Cache(address, memory.word(address + at['cache_reserved']),
                            magazines))
        address = memory.word(address + at['cache_next'])
      except Unreadable:
        self.problems.append('the thread cache at 0x%x is not readable'
                             % address)
        break
    return caches

  def _read_magazine(self, cache, size_class):
    at = self.at
    magazine = cache + ((at['first_class_slot'] + size_class)
                        << at['slot_shift'])
    top, limit, cells = (self.memory.word(magazine + at['magazine_' + name])
                         for name in ('top', 'limit', 'cells'))
    if not cells <= top <= limit or (limit - cells) >> 3 > 1 << 16:
      self.problems.append('cache 0x%x: the magazine of class %d is damaged'
                           % (cache, size_class))
      return []
    return list(self.memory.words(cells + 8, (top - cells) // 8))

  def _read_places(self):
    for cache in self.caches:
      for size_class, blocks in cache.magazines.items():
        for block in blocks:
          self.places[block].append(('cache', cache.address, size_class))
    for size_class in range(self.at['class_count']):
      try:
        self._read_stacks(size_class)
      except Unreadable as error:
        self.problems.append('class %d: a stack at %s is not readable'
                             % (size_class, error))
    try:
      self._read_quarantine()
    except Unreadable as error:
      self.problems.append('the quarantine at %s is not readable' % error)

  def _read_quarantine(self):
    at, memory = self.at, self.memory
    ring = memory.word(at['quarantine_ring'])
    count = memory.word(at['quarantine_count'], 4) if ring else 0
    oldest = memory.word(at['quarantine_oldest'], 4)
    for i in range(count):
      entry = ring + ((oldest + i) % at['quarantine_capacity'] *
                      at['quarantined_bytes'])
      block = memory.word(entry + at['quarantined_block'])
      self.places[block].append(
          ('quarantine', 0, memory.word(entry + at['quarantined_class'], 1)))

  def _read_stacks(self, size_class):
    at, memory = self.at, self.memory
    lists = at['central_lists'] + size_class * at['list_bytes']
    stacks = memory.word(lists + at['list_stacks'])
    total = 0
    for shard in range(at['shard_count'] if stacks else 0):
      stack = stacks + shard * at['stack_bytes']
      ring = memory.word(stack + at['stack_ring'])
      mask, bottom, size = (memory.word(stack + at['stack_' + name], 4)
                            for name in ('mask', 'bottom', 'size'))
      cells = memory.words(ring, mask + 1) if ring and size else []
      if size > len(cells):
        self.problems.append('class %d: stack %d is damaged'
                             % (size_class, shard))
        continue
      total += size
      for i in range(size):
        block = cells[(bottom + i) & mask]
        self.places[block].append(('stack', shard, size_class))
    if total != memory.word(lists + at['list_stacked']):
      self.problems.append('class %d: %d blocks in stacks, %d counted' % (
          size_class, total, memory.word(lists + at['list_stacked'])))

  def span_bits(self, span):
    """One bit a block of a small span: is it back in the span?"""
    count = (self.classes[span.size_class].blocks + 63) // 64
    try:
      return int.from_bytes(self.memory.read(span.free_bits, 8 * count),
                            'little')
    except Unreadable:
      self.problems.append('span 0x%x: its bitmap is not readable' % span.start)
      return 0
