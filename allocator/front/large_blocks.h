// Blocks larger than the largest size class: each has pages of its own.
//
//   | front guard | room for the header | the block ... | back guard |
//
//   The block begins as soon as it can, or, where it has a tail, ends as late
//   as it can (see block_tail.h).
//
// Role: up to kMaxSpanBytes a span of the page heap, which reuses it fast;
//   above, a mapping, resized by mremap. Behind each lies a guard page; what
//   is freed becomes inaccessible. That costs system calls, and a fault a page
//   when it is used again, so above a rate that nobody feels it stays undone
//   (but for mappings, which cost as much anyway).
// Takes from: pages. Gives to: heap. Thread-safe.
// Invariant: a span's back_guard bytes are nobody's, closed or not.
#ifndef HEADROOM_ALLOCATOR_FRONT_LARGE_BLOCKS_H_
#define HEADROOM_ALLOCATOR_FRONT_LARGE_BLOCKS_H_

#include <cstddef>

#include "allocator/base/options.h"
#include "allocator/base/token_bucket.h"
#include "allocator/block/block_payload.h"
#include "allocator/front/block_finder.h"
#include "allocator/front/freed_mappings.h"
#include "allocator/pages/page_heap.h"
#include "allocator/system/clock.h"
#include "allocator/system/memory_source.h"

namespace headroom {

class LargeBlocks {
 public:
  static constexpr size_t kMaxSpanBytes = size_t{4} << 20;

  struct Parts {
    PageHeap& pages;
    MemorySource& source;
    FreedMappings& freed;
    TokenBucket& budget;
    MillisecondClock clock;
    const SealKeys& keys;
    const Options& options;
  };

  explicit constexpr LargeBlocks(const Parts& parts)
      : pages_(parts.pages),
        source_(parts.source),
        freed_(parts.freed),
        budget_(parts.budget),
        clock_(parts.clock),
        keys_(parts.keys),
        options_(parts.options) {}

  // Makes a live block of at least `bytes` at a multiple of `alignment` (a
  // power of two, at least kBlockAlignment). False when out of memory or when
  // the sum of both is too large. *zeroed: it reads as zero (may be null).
  bool Allocate(size_t bytes, size_t alignment, FoundBlock* made,
                bool* zeroed) const;
  // A live block of no bytes: its first one is inaccessible. False when that
  // cannot be had.
  bool AllocateEmpty(FoundBlock* made) const;

  // `block` is retired: see Heap::Retire.
  void Free(const FoundBlock& block) const;

  // The block, perhaps moved by the kernel, now of at least `bytes`; null
  // when it cannot be had without a copy: then it is unchanged.
  void* Resize(const FoundBlock& block, size_t bytes) const;

  // Is this what a request of `bytes` gets? Not for blocks of no bytes.
  bool HasSize(const FoundBlock& block, size_t bytes, size_t alignment) const;

  // The usable size of a request of `bytes`.
  static size_t GoodSize(size_t bytes);

 private:
  // A whole page of ours, so that it changes no size's rounding.
  size_t FrontBytes() const {
    return options_.guard_pages != 0 ? kPageBytes : 0;
  }
  size_t TotalBytes(size_t bytes, size_t alignment) const;
  bool MayProtect(size_t bytes) const;
  static void WidenGuards(Span* span, size_t bytes);
  void CloseGuards(Span* span, bool even_without_budget) const;
  bool OpenGuards(Span* span) const;
  void* ResizeMapping(const FoundBlock& block, size_t offset,
                      size_t bytes) const;

  PageHeap& pages_;
  MemorySource& source_;
  FreedMappings& freed_;
  TokenBucket& budget_;
  const MillisecondClock clock_;
  const SealKeys& keys_;
  const Options& options_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_LARGE_BLOCKS_H_
