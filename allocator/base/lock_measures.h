// How often a lock was taken, and how long threads waited for it and held it.
//
// Role: what a Lock counts in a measured build; in the others it is empty.
// Takes from: CLOCK_MONOTONIC: one read when a lock is taken, one when it is
//   released, one more when the thread had to wait. Gives to: lock.
// Thread-safety: the lock's; all but Now() are called while it is held.
// Invariant: the holds counted are the acquisitions, less one while it is
//   held; the waits counted are `contended`.
#ifndef HEADROOM_ALLOCATOR_BASE_LOCK_MEASURES_H_
#define HEADROOM_ALLOCATOR_BASE_LOCK_MEASURES_H_

#include <time.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace headroom {

// How many durations were in [2^e, 2^(e+1)) ns, for each e. The first bucket
// has 0 ns too, the last all from nine minutes on.
struct DurationCounts {
  static constexpr size_t kBuckets = 40;

  void Add(uint64_t ns) { ++buckets[BucketOf(ns)]; }
  static constexpr size_t BucketOf(uint64_t ns) {
    return std::min<size_t>(std::bit_width(ns | 1) - 1, kBuckets - 1);
  }

  std::array<uint64_t, kBuckets> buckets = {};
};

struct LockCounts {
  uint64_t acquisitions = 0;
  uint64_t contended = 0;  // of these, how many found it held
  DurationCounts wait_ns;  // of the contended ones
  DurationCounts hold_ns;
};

template <bool kPresent>
class LockMeasures;

template <>
class LockMeasures<true> {
 public:
  static uint64_t Now() {
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000 +
           static_cast<uint64_t>(now.tv_nsec);
  }

  void NoteAcquired() {
    held_since_ns_ = Now();
    ++counts_.acquisitions;
  }
  // After a wait that began at `asked_ns`.
  void NoteAcquired(uint64_t asked_ns) {
    NoteAcquired();
    ++counts_.contended;
    counts_.wait_ns.Add(held_since_ns_ - asked_ns);
  }
  void NoteReleased() { counts_.hold_ns.Add(Now() - held_since_ns_); }

  const LockCounts& counts() const { return counts_; }
  void Reset() { counts_ = {}; }

 private:
  LockCounts counts_;
  uint64_t held_since_ns_ = 0;
};

template <>
class LockMeasures<false> {
 public:
  static uint64_t Now() { return 0; }
  void NoteAcquired() {}
  void NoteAcquired(uint64_t) {}
  void NoteReleased() {}
  static LockCounts counts() { return {}; }
  void Reset() {}
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_LOCK_MEASURES_H_
