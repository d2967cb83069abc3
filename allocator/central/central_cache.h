// All central free lists, and the way between them and the page heap.
//
// Role: finds a batch for a thread or makes one from a new span; takes
//   batches back; gives idle memory back when told so.
// Takes from: pages. Gives to: thread.
// Locks: a class's own, then, after it is released, the page heap's. Never
//   both. Thread-safe.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_CACHE_H_
#define HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_CACHE_H_

#include <array>
#include <cstdint>

#include "allocator/block/free_list.h"
#include "allocator/block/size_classes.h"
#include "allocator/central/central_free_list.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/page_map.h"

namespace headroom {

using CentralFreeLists = std::array<CentralFreeList, kSizeClassCount>;

class CentralCache {
 public:
  constexpr CentralCache(CentralFreeLists& lists, MetadataArena& arena,
                         PageHeap& pages, const PageMap& map,
                         const SealKeys& keys)
      : lists_(lists), arena_(arena), pages_(pages), map_(map), keys_(keys) {}

  // At least one block, at most `want` (at least 1); empty when out of memory.
  Batch Take(SizeClass size_class, uint32_t shard, uint32_t want);
  void Put(SizeClass size_class, uint32_t shard, Batch batch);

  // Returns stacked batches that nobody wanted since the call before the last
  // to their spans (every batch, when `all`).
  void Scavenge(bool all);

  CentralStats stats(SizeClass size_class);

  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  void ReturnToSpans(SizeClass size_class, Batch batch);

  CentralFreeLists& lists_;
  MetadataArena& arena_;
  PageHeap& pages_;
  const PageMap& map_;
  const SealKeys& keys_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_CACHE_H_
