"""Text about a heap that headroom_heap.py has read: one function a command.

Each takes a Heap and `names`, {address of a thread's cache: whose it is}, and
yields lines.
"""

import collections

import headroom_heap as hh

NOT_KNOWN = 'a thread that ended or is not known'
KIND_WORDS = {'large': 'large block', 'mapping': 'block in its own mapping'}


def _count(n, what):
  return '%d %s%s' % (n, what, '' if n == 1 else 's')


def _place(place, names):
  where, which, _ = place
  if where == 'cache':
    owner = names.get(which, NOT_KNOWN)
    return 'in the cache of %s' % owner
  return 'in central stack %d' % which if where == 'stack' else 'in quarantine'


def _places(heap, block, names):
  places = [_place(place, names) for place in heap.places.get(block.start, [])]
  if block.span.kind == 'small' and block.index < block.span.carved and (
      heap.span_bits(block.span) >> block.index & 1):
    places.append('in its span')
  return places


def state_words(heap, block, names):
  places = _places(heap, block, names)
  where = ' and '.join(places)
  if block.state == hh.UNCUT:
    return 'never handed out'
  if block.state == hh.DAMAGED:
    if block.word is None:
      return 'not readable'
    text = block.word.to_bytes(8, 'little')
    return 'damaged: header 0x%016x %s opens in no state%s' % (
        block.word, ascii(text)[1:], ', ' + where if where else '')
  if block.state == hh.LIVE:
    return 'live' + (', yet also ' + where if where else '')
  if block.state == hh.QUARANTINED:
    return 'freed, ' + (where or 'on its way out of quarantine')
  return 'free, ' + (where or 'in no list: on its way from or to a thread')


def _class_words(heap, block):
  if block.span.kind != 'small':
    return KIND_WORDS[block.span.kind]
  return 'class %d, stride %d' % (block.span.size_class,
                                  heap.classes[block.span.size_class].stride)


def _slot_words(heap, block):
  """What the header says that the block is."""
  at, slot = heap.at, heap.slot_of(block.word)
  kinds = {at['large_slot']: 'large', at['aligned_slot']: 'aligned',
           at['aligned_base_slot']: 'the block around an aligned one',
           at['sampled_slot']: 'sampled',
           at['resized_large_slot']: 'large, resized',
           at['resized_aligned_slot']: 'aligned, resized',
           at['resized_slot']: 'resized'}
  return kinds.get(slot, 'class %d' % (slot - at['first_class_slot']))


def _neighbour(heap, block, index, names):
  span = block.span
  if not 0 <= index < heap.classes[span.size_class].blocks:
    return 'the span ends'
  other = heap.block_at(span, index)
  other = heap.aligned_within(other) or other
  return '0x%x, %s' % (other.start, state_words(heap, other, names))


def _span_neighbour(heap, address):
  span = heap.span_at(address)
  if span is None:
    return 'no memory of this heap'
  if span.kind == 'free':
    return 'free pages from 0x%x to 0x%x' % (span.start, span.end)
  if span.kind == 'small':
    return 'a span of class %d at 0x%x' % (span.size_class, span.start)
  return 'a %s at 0x%x' % (KIND_WORDS[span.kind], span.block)


def _explain_block(heap, block, address, names):
  inner = heap.aligned_within(block)
  around = block
  block = inner or block
  offset = address - block.start
  end = block.start + block.usable
  if offset == 0:
    where = 'is the start of a block'
  elif address < block.start:
    where = 'lies %d bytes in front of a block' % -offset
  elif address < end:
    where = 'lies %d bytes into a block of %d' % (offset, block.usable)
  elif block.span.kind == 'small':
    where = 'lies in the header behind a block'
  else:
    where = 'lies in the guard behind a block'
  yield '0x%x %s' % (address, where)
  yield '  block     0x%x, %d usable bytes, %s%s' % (
      block.start, block.usable, _class_words(heap, block),
      ', aligned inside of 0x%x' % around.start if inner else '')
  yield '  state     ' + state_words(heap, block, names)
  if block.state not in (hh.DAMAGED, hh.UNCUT):
    yield '  header    opens: %s, %s' % (
        block.state.replace('_', ' '), _slot_words(heap, block))
  if block.span.kind == 'small':
    for word, index in ('in front', block.index - 1), ('behind', block.index + 1):
      yield '  %-9s %s' % (word, _neighbour(heap, block, index, names))
  else:
    yield '  in front  ' + _span_neighbour(heap, block.span.start - 1)
    yield '  behind    ' + _span_neighbour(heap, block.span.end)


def explain(heap, address, names):
  span = heap.span_at(address)
  if span is None:
    if heap.was_mapping(address):
      yield '0x%x lies where a large block was that has been freed' % address
    else:
      yield '0x%x is no memory of this heap' % address
    return
  if span.kind == 'free':
    yield '0x%x lies in free pages, 0x%x to 0x%x%s' % (
        address, span.start, span.end,
        ': a freed large block, inaccessible' if heap.is_closed(address)
        else '')
    return
  if span.kind != 'small':
    yield from _explain_block(heap, heap.large_block(span), address, names)
    return
  index = heap.index_of(span, address)
  if index is None:
    yield '0x%x lies in a span of class %d, but in none of its blocks' % (
        address, span.size_class)
    return
  yield from _explain_block(heap, heap.block_at(span, index), address, names)


def _damaged_lines(heap, damaged, names):
  for block in damaged:
    yield 'damaged: 0x%x, %s, header %s' % (
        block.start, _class_words(heap, block),
        'not readable' if block.word is None else '0x%016x' % block.word)
    if block.span.kind == 'small':
      yield '  in front: %s' % _neighbour(heap, block, block.index - 1, names)


def heap(heap_, names):
  totals = collections.defaultdict(collections.Counter)
  damaged, free_bytes = [], 0
  for span in heap_.spans:
    if span.kind == 'free':
      free_bytes += span.end - span.start
      continue
    key = (hh.KINDS.index(span.kind),
           span.size_class if span.kind == 'small' else 0)
    totals[key]['spans'] += 1
    for block in heap_.blocks_of(span):
      state = block.state if block.state in (hh.LIVE, hh.DAMAGED) else hh.FREE
      totals[key][state] += 1
      totals[key]['bytes'] += block.usable if state == hh.LIVE else 0
      if state == hh.DAMAGED:
        damaged.append(block)
  row = '%8s %8s %6s %10s %10s %8s %14s'
  yield row % ('class', 'usable', 'spans', 'live', 'free', 'damaged',
               'live bytes')
  everything = collections.Counter()
  for (kind, size_class), total in sorted(totals.items()):
    small = hh.KINDS[kind] == 'small'
    yield row % (size_class if small else hh.KINDS[kind],
                 heap_.classes[size_class].usable if small else '-',
                 total['spans'], total[hh.LIVE], total[hh.FREE],
                 total[hh.DAMAGED], total['bytes'])
    everything += total
  yield row % ('all', '-', everything['spans'], everything[hh.LIVE],
               everything[hh.FREE], everything[hh.DAMAGED],
               everything['bytes'])
  yield 'free pages: %d bytes' % free_bytes
  yield from _damaged_lines(heap_, damaged, names)


def threads(heap_, names):
  for cache in heap_.caches:
    total = sum(map(len, cache.magazines.values()))
    held = sum(len(blocks) * heap_.classes[i].stride
               for i, blocks in cache.magazines.items())
    yield '%s: cache 0x%x, %s, %d bytes of %d reserved' % (
        names.get(cache.address, NOT_KNOWN), cache.address,
        _count(total, 'block'), held, cache.reserved)
    for size_class, blocks in sorted(cache.magazines.items()):
      yield '  class %d, %d usable bytes: %s' % (
          size_class, heap_.classes[size_class].usable,
          _count(len(blocks), 'block'))


def _check_listed(heap_, names):
  """Blocks of magazines, stacks and quarantine: once, free, of their class."""
  for start, places in sorted(heap_.places.items()):
    words = ' and '.join(_place(place, names) for place in places)
    if len(places) > 1:
      yield '0x%x is listed twice: %s' % (start, words)
    span = heap_.span_at(start)
    index = heap_.index_of(span, start) if span and span.kind == 'small' else (
        None)
    block = None if index is None else heap_.block_at(span, index)
    in_quarantine = places[0][0] == 'quarantine'
    if block is None or (start != block.start and not in_quarantine) or (
        span.size_class != places[0][2]):
      yield '0x%x, %s, is no block of class %d' % (start, words, places[0][2])
    elif block.state not in (
        (hh.QUARANTINED, hh.DAMAGED) if in_quarantine else
        (hh.FREE, hh.DAMAGED)):
      yield '0x%x, %s, says that it is %s' % (
          start, words, block.state.replace('_', ' '))


def _check_span(heap_, span, blocks):
  bits, limit = heap_.span_bits(span), heap_.classes[span.size_class].blocks
  where = 'span 0x%x, class %d: ' % (span.start, span.size_class)
  if span.carved > limit:
    yield where + '%d blocks cut, of %d' % (span.carved, limit)
  if bits >> span.carved:
    yield where + 'has blocks back that were never cut'
  if bin(bits).count('1') != span.free_blocks:
    yield where + '%d blocks are back, %d counted' % (
        bin(bits).count('1'), span.free_blocks)
  for block in blocks:
    back = bits >> block.index & 1 == 1
    if back and block.start in heap_.places:
      yield '0x%x is in its span and in another list' % block.start
    if block.state != hh.DAMAGED and back != (block.state == hh.IN_SPAN):
      yield '0x%x says that it is %s, its span says that it is %s' % (
          block.start, block.state.replace('_', ' '),
          'back' if back else 'not back')


def check(heap_, names):
  """Yields what does not fit, then one line that says how much it was."""
  found, lost, damaged = 0, 0, []
  for line in _check_listed(heap_, names):
    found += 1
    yield line
  for span in heap_.spans:
    blocks = [] if span.kind == 'small' and span.carved > heap_.classes[
        span.size_class].blocks else heap_.blocks_of(span)
    damaged += [b for b in blocks if b.state == hh.DAMAGED]
    if span.kind == 'small':
      lost += sum(b.state in (hh.FREE, hh.QUARANTINED) and
                  b.start not in heap_.places for b in blocks)
      for line in _check_span(heap_, span, blocks):
        found += 1
        yield line
  for line in heap_.problems:
    found += 1
    yield line
  yield from _damaged_lines(heap_, damaged, names)
  if lost:
    yield 'note: %s in no list: on the way from or to a thread, or a' \
        ' forked-off thread\'s' % _count(lost, 'free block')
  found += len(damaged)
  yield _count(found, 'problem') if found else 'no problem'
