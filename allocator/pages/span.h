// A span: a run of pages with one use.
//
// Role: the heap's unit of bookkeeping, found from any of its addresses by
//   the page map. Lives in the metadata arena, never among user's blocks.
// Takes from: base, block. Gives to: page heap, central, front.
// Lock: the page heap's while free, its class's while it serves small blocks;
//   first, pages, use and size_class do not change while a block is live.
// Invariant (small): free_blocks + live or cached blocks == carved_blocks.
#ifndef HEADROOM_ALLOCATOR_PAGES_SPAN_H_
#define HEADROOM_ALLOCATOR_PAGES_SPAN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "allocator/block/size_classes.h"

namespace headroom {

enum class SpanUse : uint8_t {
  kFree,     // in the page heap
  kSmall,    // cut into blocks of one size class
  kLarge,    // one block
  kMapping,  // one block in a mapping of its own
};

struct Span {
  Span* next = nullptr;  // in whichever list the owner keeps it
  Span* previous = nullptr;
  PageId first;
  PageCount pages;
  SpanUse use = SpanUse::kFree;
  SizeClass size_class = 0;  // kSmall
  // kLarge, kMapping: is the guard at the back inaccessible now?
  bool is_guarded = false;

  // kSmall, under the class's lock.
  uint64_t* free_bits = nullptr;           // one a block: back in the span
  uint32_t free_blocks = 0;                // bits that are set
  std::atomic<uint32_t> carved_blocks{0};  // reports read it without the lock
  Span* next_uncarved = nullptr;

  // kMapping: the kernel's view. kSmall, kLarge: the span's own bytes.
  MemoryRange memory;
  // kLarge, kMapping: the block, counted from memory.start.
  size_t block_offset = 0;
  // kLarge, kMapping: bytes at either end that are nobody's to use.
  size_t front_guard = 0;
  size_t back_guard = 0;

  // kFree, under the page heap's lock.
  PageCount dirty;       // pages of it that the kernel may back with memory
  Span* left = nullptr;  // in the tree of free spans
  Span* right = nullptr;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_SPAN_H_
