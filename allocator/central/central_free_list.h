// The free blocks of one size class that no thread holds.
//
// Role: hands whole batches out and takes them back; cuts fresh spans, in
//   address order; gives spans whose blocks are all back to the page heap.
// Takes from: pages (spans, page map). Gives to: thread.
// Lock: one a class, held for a handful of instructions on the way of a full
//   batch; never while the page heap works.
// Invariant: blocks handed out + stacks.blocks() + sum of free_blocks
//   == sum of carved_blocks over this class's spans.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_FREE_LIST_H_
#define HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_FREE_LIST_H_

#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/block/free_list.h"
#include "allocator/block/size_classes.h"
#include "allocator/central/batch_stacks.h"
#include "allocator/central/span_queue.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"
#include "allocator/system/metadata_arena.h"

namespace headroom {

// The most blocks that one hold of the lock takes from or returns to spans.
inline constexpr uint32_t kMostBlocksWalked = 64;

struct CentralStats {
  uint64_t spans = 0;
  uint64_t carved_blocks = 0;   // ever cut from the spans of today
  uint64_t stacked_blocks = 0;  // waiting as whole batches
  uint64_t span_blocks = 0;     // free in their spans
  uint64_t lock_acquisitions = 0;
};

class CentralFreeList {
 public:
  constexpr CentralFreeList() = default;

  // At most `want` blocks (a stacked batch comes whole, so up to the class's
  // max_batch); empty when a span must be added first.
  Batch Take(const SealKeys& keys, uint32_t shard, uint32_t want)
      ABSL_LOCKS_EXCLUDED(lock_);

  // A fresh span of this class: its first `want` blocks come back, the rest
  // waits to be cut for the threads of `shard`.
  Batch AddSpan(const SealKeys& keys, Span* span, uint32_t shard, uint32_t want)
      ABSL_LOCKS_EXCLUDED(lock_);

  // True when the stack of `shard` took the batch; else the caller returns
  // its blocks by ReturnToSpans.
  // The first batch of all takes room for the stacks from `arena`.
  bool Stack(MetadataArena& arena, SizeClass size_class, uint32_t shard,
             Batch batch) ABSL_LOCKS_EXCLUDED(lock_);

  // Returns at most kMostBlocksWalked blocks of `batch` to their spans and
  // takes them off it. Spans left without a block in use are put into
  // `emptied`, a list linked by `next`, for the caller to give to the page
  // heap.
  void ReturnToSpans(const SealKeys& keys, const PageMap& map,
                     SizeClass size_class, Batch& batch, Span*& emptied)
      ABSL_LOCKS_EXCLUDED(lock_);

  // A stacked batch that nobody wanted for a whole epoch; any, when `all`.
  // Empty when there is none left.
  Batch TakeIdle(bool all) ABSL_LOCKS_EXCLUDED(lock_);
  void BeginEpoch() ABSL_LOCKS_EXCLUDED(lock_);

  CentralStats stats() ABSL_LOCKS_EXCLUDED(lock_);

  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_);
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_);

 private:
  Batch TakeFreed(const SealKeys& keys, uint32_t want)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  Batch Carve(const SealKeys& keys, uint32_t shard, uint32_t want)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void ReturnBlock(const SealKeys& keys, Span* span, void* block,
                   Span*& emptied) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void ForgetUncarved(Span* span) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  Lock lock_{LockRank::kCentralFreeList};
  // Spans being cut, each by one shard, so that neighbours in memory belong
  // to one thread: carved_blocks < blocks_per_span.
  Span* uncarved_[kShardCount] ABSL_GUARDED_BY(lock_) = {};
  SpanQueue partial_ ABSL_GUARDED_BY(lock_);
  CentralStats stats_ ABSL_GUARDED_BY(lock_);
  BatchStacks stacks_ ABSL_GUARDED_BY(lock_);
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_FREE_LIST_H_
