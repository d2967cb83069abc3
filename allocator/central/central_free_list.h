// The free blocks of one size class that no thread holds.
//
// Role: hands blocks out and takes them back, a batch at a time; cuts fresh
//   spans; gives spans whose blocks are all back to the page heap.
// Takes from: pages (spans, page map). Gives to: thread.
// Lock: one a class, held while a batch of pointers is copied or at most
//   kMostBlocksWalked blocks are looked at; never while the page heap works,
//   nor while a damaged block is reported.
// Invariant: blocks handed out + stacks.blocks() + sum of free_blocks
//   == sum of carved_blocks over this class's spans. A block in a span says
//   so in its header, and its bit is set; so none comes back twice.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_FREE_LIST_H_
#define HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_FREE_LIST_H_

#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/base/tally.h"
#include "allocator/block/block_payload.h"
#include "allocator/block/size_classes.h"
#include "allocator/central/block_stacks.h"
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
  uint64_t stacked_blocks = 0;  // waiting in the shards' stacks
  uint64_t span_blocks = 0;     // free in their spans
  uint64_t lock_acquisitions = 0;
};

// Words of a span's bitmap of a class: a power of two.
uint32_t BitmapWords(SizeClass size_class);

class CentralFreeList {
 public:
  constexpr CentralFreeList() = default;

  // Takes at most `want` free blocks to `out`; returns how many: none when a
  // span must be added first.
  uint32_t Take(const SealKeys& keys, uint32_t shard, void** out, uint32_t want)
      ABSL_LOCKS_EXCLUDED(lock_);

  // A fresh span of this class, with a cleared bitmap: as Take from it, the
  // rest waits to be cut for the threads of `shard`.
  uint32_t AddSpan(const SealKeys& keys, Span* span, uint32_t shard, void** out,
                   uint32_t want) ABSL_LOCKS_EXCLUDED(lock_);

  // Stacks as many of `count` free blocks as there is room for, the first
  // ones; returns how many. The caller returns the rest to their spans.
  uint32_t Stack(MetadataArena& arena, SizeClass size_class, uint32_t shard,
                 void* const* blocks, uint32_t count)
      ABSL_LOCKS_EXCLUDED(lock_);

  // Returns at most kMostBlocksWalked of `count` free blocks to their spans,
  // the first ones; returns how many. Spans left without a block in use are
  // put into `emptied`, a list linked by `next`, for the caller to give to the
  // page heap. A block whose header does not say that it is free is reported,
  // and stays out.
  uint32_t ReturnToSpans(const SealKeys& keys, const PageMap& map,
                         SizeClass size_class, void* const* blocks,
                         uint32_t count, Span*& emptied)
      ABSL_LOCKS_EXCLUDED(lock_);

  // Takes stacked blocks that nobody wanted for a whole epoch; any, when
  // `all`. As Take, and 0 when there are none left.
  uint32_t TakeIdle(bool all, void** out, uint32_t want)
      ABSL_LOCKS_EXCLUDED(lock_);
  void BeginEpoch() ABSL_LOCKS_EXCLUDED(lock_);

  CentralStats stats() ABSL_LOCKS_EXCLUDED(lock_);

  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_);
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_);

 private:
  friend class Measures;
  friend struct DebugLayout;

  class DamagedBlocks;

  uint32_t TakeFreed(const SealKeys& keys, void** out, uint32_t want,
                     DamagedBlocks& damaged)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  uint32_t Carve(const SealKeys& keys, uint32_t shard, void** out,
                 uint32_t want) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void ReturnBlock(const SealKeys& keys, Span* span, void* block,
                   Span*& emptied) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Shuffle(const SealKeys& keys, void** blocks, uint32_t count)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void ForgetUncarved(Span* span) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  Lock lock_{LockRank::kCentralFreeList};
  // Spans being cut, each by one shard, so that neighbours in memory belong
  // to one thread: carved_blocks < blocks_per_span.
  Span* uncarved_[kShardCount] ABSL_GUARDED_BY(lock_) = {};
  SpanQueue partial_ ABSL_GUARDED_BY(lock_);
  CentralStats stats_ ABSL_GUARDED_BY(lock_);
  BlockStacks stacks_ ABSL_GUARDED_BY(lock_);
  uint64_t dice_ ABSL_GUARDED_BY(lock_) = 0;
  // Counted under the lock. A hit is a Take that found blocks, a miss a span.
  [[no_unique_address]] Tally tally_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_CENTRAL_FREE_LIST_H_
