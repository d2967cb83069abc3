// All central free lists, and the way between them and the page heap.
//
// Role: finds blocks for a thread or cuts them from a new span; takes blocks
//   back; gives idle memory back when told so.
// Takes from: pages. Gives to: thread.
// Locks: a class's own, then, after it is released, the page heap's. Never
//   both. Thread-safe.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_CACHE_H_
#define HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_CACHE_H_

#include <array>
#include <cstdint>

#include "allocator/base/options.h"
#include "allocator/block/size_classes.h"
#include "allocator/central/central_free_list.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/page_map.h"
#include "allocator/system/cell_pool.h"

namespace headroom {

using CentralFreeLists = std::array<CentralFreeList, kSizeClassCount>;

class CentralCache {
 public:
  constexpr CentralCache(CentralFreeLists& lists, MetadataArena& arena,
                         CellPool& cells, PageHeap& pages, const PageMap& map,
                         const SealKeys& keys, const Options& options)
      : lists_(lists),
        arena_(arena),
        cells_(cells),
        pages_(pages),
        map_(map),
        keys_(keys),
        options_(options) {}

  // Takes at most `want` (at least 1) free blocks to `out`; returns how many,
  // 0 when it takes a new span.
  uint32_t Take(SizeClass size_class, uint32_t shard, void** out,
                uint32_t want);
  // As Take, from a new span; 0 when out of memory.
  uint32_t TakeFromNewSpan(SizeClass size_class, uint32_t shard, void** out,
                           uint32_t want);
  // Takes `count` free blocks back.
  void Put(SizeClass size_class, uint32_t shard, void* const* blocks,
           uint32_t count);

  // Returns stacked blocks that nobody wanted since the call before the last
  // to their spans (every block, when `all`).
  void Scavenge(bool all);

  CentralStats stats(SizeClass size_class);

  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  Span* NewSpan(SizeClass size_class);
  void DeleteSpan(SizeClass size_class, Span* span);
  void ReturnToSpans(SizeClass size_class, void* const* blocks, uint32_t count);

  CentralFreeLists& lists_;
  MetadataArena& arena_;
  CellPool& cells_;
  PageHeap& pages_;
  const PageMap& map_;
  const SealKeys& keys_;
  const Options& options_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_CACHE_H_
