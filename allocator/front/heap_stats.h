// Where every byte of the heap is, in one struct of plain numbers.
//
// Role: adds up the layers' own statistics; formatting lives elsewhere.
// Takes from: thread, central, pages, system. Gives to: the composition root.
// Invariant: heap_bytes == small_live + small_cached + small_central
//   + small_uncut + large_live + free_dirty + free_clean (span pages only).
#ifndef HEADROOM_ALLOCATOR_FRONT_HEAP_STATS_H_
#define HEADROOM_ALLOCATOR_FRONT_HEAP_STATS_H_

#include <cstdint>

#include "allocator/central/central_cache.h"
#include "allocator/pages/page_heap.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/thread/thread_registry.h"

namespace headroom {

// All in bytes, headers included, unless the name says otherwise. Exact while
// no other thread is inside the allocator; else each number is true for some
// moment during the call.
struct HeapStats {
  uint64_t heap_bytes = 0;     // spans' pages, from sbrk or its fallback
  uint64_t small_live = 0;     // blocks of size classes in use
  uint64_t small_cached = 0;   // free in threads' caches
  uint64_t small_central = 0;  // free in central lists
  uint64_t small_uncut = 0;    // span bytes never cut into blocks, and tails
  uint64_t large_live = 0;     // spans of one block
  uint64_t free_dirty = 0;     // free pages the kernel still backs
  uint64_t free_clean = 0;     // free pages it does not
  uint64_t mapping_bytes = 0;  // blocks in mappings of their own
  uint64_t mapping_count = 0;
  uint64_t kept_bytes = 0;  // of freed mappings, for the next ones
  uint64_t metadata_bytes = 0;
  uint64_t thread_caches = 0;  // count

  uint64_t live_bytes() const {
    return small_live + large_live + mapping_bytes;
  }
  uint64_t free_bytes() const { return heap_bytes - small_live - large_live; }
};

HeapStats CollectHeapStats(ThreadRegistry& registry, CentralCache& central,
                           const PageHeap& pages, const MetadataArena& arena);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_HEAP_STATS_H_
