// Blocks larger than the largest class: one span or one mapping each.
//
// Role: same header, own memory. Up to kMaxSpanBytes a span of the page heap,
//   which reuses it fast; above, a mapping, resized by mremap.
// Takes from: pages. Gives to: heap. Thread-safe.
#ifndef HEADROOM_ALLOCATOR_FRONT_LARGE_BLOCKS_H_
#define HEADROOM_ALLOCATOR_FRONT_LARGE_BLOCKS_H_

#include <cstddef>

#include "allocator/block/block_payload.h"
#include "allocator/front/block_finder.h"
#include "allocator/pages/page_heap.h"

namespace headroom {

class LargeBlocks {
 public:
  static constexpr size_t kMaxSpanBytes = size_t{4} << 20;

  constexpr LargeBlocks(PageHeap& pages, const SealKeys& keys)
      : pages_(pages), keys_(keys) {}

  // A block of at least `bytes` at a multiple of `alignment` (a power of two,
  // at least kBlockAlignment); null when out of memory or when the sum of
  // both exceeds kMaxRequestBytes. *zeroed: it reads as zero (may be null).
  void* Allocate(size_t bytes, size_t alignment, Origin origin,
                 bool* zeroed) const;
  void Free(const FoundBlock& block) const;

  // The block, perhaps moved by the kernel, now of at least `bytes`; null
  // when it cannot be had without a copy: then it is unchanged.
  void* Resize(const FoundBlock& block, size_t bytes) const;

 private:
  void* ResizeMapping(const FoundBlock& block, size_t offset,
                      size_t bytes) const;

  PageHeap& pages_;
  const SealKeys& keys_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_LARGE_BLOCKS_H_
