// Memory of freed mappings that the kernel still backs, for the next ones.
//
// Role: a few ranges, the oldest first. Who asks gets the smallest that
//   suffices, or else the largest, to be grown.
// Takes from: base. Gives to: page heap, whose lock protects it. Pure.
// Invariant: bytes() is the sum of the ranges; all of them are accessible, but
//   no pointer to them was ever handed out.
#ifndef HEADROOM_ALLOCATOR_PAGES_KEPT_MAPPINGS_H_
#define HEADROOM_ALLOCATOR_PAGES_KEPT_MAPPINGS_H_

#include <algorithm>
#include <cstddef>

#include "allocator/base/units.h"

namespace headroom {

// Less is not worth a system call of its own.
inline constexpr size_t kLeastKeptBytes = size_t{1} << 20;

class KeptMappings {
 public:
  static constexpr size_t kMost = 16;

  constexpr KeptMappings() = default;
  KeptMappings(const KeptMappings&) = delete;
  KeptMappings& operator=(const KeptMappings&) = delete;

  bool is_full() const { return count_ == kMost; }
  size_t bytes() const { return bytes_; }

  // Needs !is_full().
  void Add(MemoryRange range) {
    ranges_[count_++] = range;
    bytes_ += range.bytes;
  }

  // Empty when there is none.
  MemoryRange Take(size_t bytes) {
    size_t best = 0;
    for (size_t i = 1; i < count_; ++i) {
      if (IsBetter(ranges_[i].bytes, ranges_[best].bytes, bytes)) best = i;
    }
    return count_ == 0 ? MemoryRange{} : Remove(best);
  }

  // At most `most` bytes, and what would be left if that is little, off the
  // end of the oldest; empty when there is none.
  MemoryRange TakeOldest(size_t most) {
    if (count_ == 0) return {};
    MemoryRange& oldest = ranges_[0];
    if (most > oldest.bytes || oldest.bytes - most < kLeastKeptBytes) {
      return Remove(0);
    }
    most = AlignUp(most, kKernelPageBytes);
    oldest.bytes -= most;
    bytes_ -= most;
    return {oldest.end(), most};
  }

 private:
  // The younger of equals, whose pages the processor's caches know better.
  static bool IsBetter(size_t one, size_t than, size_t wanted) {
    if (than < wanted) return one >= than;
    return one >= wanted && one <= than;
  }

  MemoryRange Remove(size_t i) {
    const MemoryRange range = ranges_[i];
    std::copy(ranges_ + i + 1, ranges_ + count_, ranges_ + i);
    --count_;
    bytes_ -= range.bytes;
    return range;
  }

  MemoryRange ranges_[kMost] = {};
  size_t count_ = 0;
  size_t bytes_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_KEPT_MAPPINGS_H_
