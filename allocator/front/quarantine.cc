#include "allocator/front/quarantine.h"

namespace headroom {

uint32_t Quarantine::Exchange(Block in, size_t limit, Block* out) {
  LockGuard guard(lock_);
  if (ring_ == nullptr) {
    ring_ = static_cast<Block*>(
        arena_.Allocate(kMostBlocks * sizeof(Block), alignof(Block)));
    if (ring_ == nullptr) {
      out[0] = in;
      return 1;
    }
  }
  bytes_ += StrideOf(in.size_class);
  const uint32_t leaving = TakeOldest(limit, out);
  ring_[(oldest_ + count_++) % kMostBlocks] = in;
  return leaving;
}

uint32_t Quarantine::Shrink(size_t limit, Block* out) {
  LockGuard guard(lock_);
  return TakeOldest(limit, out);
}

uint32_t Quarantine::TakeOldest(size_t limit, Block* out) {
  uint32_t leaving = 0;
  while (count_ > 0 && leaving < kMostOut &&
         (bytes_ > limit || count_ == kMostBlocks)) {
    const Block& block = ring_[oldest_];
    bytes_ -= StrideOf(block.size_class);
    out[leaving++] = block;
    oldest_ = (oldest_ + 1) % kMostBlocks;
    --count_;
  }
  return leaving;
}

}  // namespace headroom
