// Hits and misses of a tier.
//
// Role: what a tier counts in a measured build; in the others it is empty.
// Takes from: nothing. Gives to: pages, central, thread.
// Thread-safety: one thread at a time counts (a cache's owner, or whoever holds
//   the tier's lock), any may read, one at a time may reset. No atomic
//   read-modify-write, as it stands on hit paths.
#ifndef HEADROOM_ALLOCATOR_BASE_TALLY_H_
#define HEADROOM_ALLOCATOR_BASE_TALLY_H_

#include <atomic>
#include <cstdint>

#include "allocator/base/build_mode.h"

namespace headroom {

struct HitCounts {
  uint64_t hits = 0;
  uint64_t misses = 0;

  HitCounts& operator+=(const HitCounts& more) {
    hits += more.hits;
    misses += more.misses;
    return *this;
  }
};

template <bool kPresent>
class BasicTally;

template <>
class BasicTally<true> {
 public:
  void Hit() { hits_.Add(1); }
  void Miss() { misses_.Add(1); }
  void Add(const HitCounts& counts) {
    hits_.Add(counts.hits);
    misses_.Add(counts.misses);
  }
  // Since the last reset.
  HitCounts counts() const { return {hits_.count(), misses_.count()}; }
  void Reset() {
    hits_.Reset();
    misses_.Reset();
  }

 private:
  // A reset moves where counting began, and so takes nothing away from who
  // counts meanwhile.
  class Counter {
   public:
    void Add(uint64_t more) {
      total_.store(total_.load(std::memory_order_relaxed) + more,
                   std::memory_order_relaxed);
    }
    uint64_t count() const {
      return total_.load(std::memory_order_relaxed) -
             began_at_.load(std::memory_order_relaxed);
    }
    void Reset() {
      began_at_.store(total_.load(std::memory_order_relaxed),
                      std::memory_order_relaxed);
    }

   private:
    std::atomic<uint64_t> total_{0};
    std::atomic<uint64_t> began_at_{0};
  };

  Counter hits_;
  Counter misses_;
};

template <>
class BasicTally<false> {
 public:
  void Hit() {}
  void Miss() {}
  void Add(const HitCounts&) {}
  static HitCounts counts() { return {}; }
  void Reset() {}
};

using Tally = BasicTally<kMeasuredBuild>;

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_TALLY_H_
