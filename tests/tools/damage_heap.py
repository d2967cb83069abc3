"""Damages the heap of a live process; headroom_gdb.py was sourced before."""

heap = hh.Heap(Inferior(), _find_anchor())


def write(address, value, size=8):
  gdb.selected_inferior().write_memory(address, value.to_bytes(size, 'little'))


# The last block of a magazine, once more in place of the one before it.
cache = next(c for c in heap.caches if max(map(len, c.magazines.values())) > 1)
size_class, blocks = next(m for m in cache.magazines.items() if len(m[1]) > 1)
magazine = cache.address + (heap.at['first_class_slot'] + size_class
                            << heap.at['slot_shift'])
top = heap.memory.word(magazine + heap.at['magazine_top'])
write(top - 8, blocks[-1])
print('twice 0x%x' % blocks[-1])

# A span that miscounts its blocks.
span = next(s for s in heap.spans if s.free_blocks > 0)
write(span.address + heap.at['span_free_blocks'], span.free_blocks + 1, 4)
print('miscounted 0x%x' % span.start)
