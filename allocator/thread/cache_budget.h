// How much all thread caches together may hold.
//
// Role: a hard limit in bytes that holds with ten threads and with ten
//   thousand. A cache reserves before a magazine grows; no cache has a floor.
//   One half goes to whoever comes first; the other half only to caches that
//   hold less than their share of it, so that those who came first cannot
//   starve the others.
// Takes from: nothing. Gives to: thread_cache. Lock-free, thread-safe.
// Invariant: reserved() == sum over caches of 2 * capacity * stride
//   <= limit().
#ifndef HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_
#define HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace headroom {

class CacheBudget {
 public:
  explicit constexpr CacheBudget(size_t limit) : limit_(limit) {}

  // For a cache that holds `held` bytes already.
  bool TryReserve(size_t bytes, size_t held) {
    const size_t half = limit_ / 2;
    const size_t share = half / std::max<size_t>(1, caches());
    const bool within_share = held <= share && bytes <= share - held;
    return TryReserveUpTo(within_share ? limit_ : half, bytes);
  }
  void Return(size_t bytes) {
    reserved_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  void AddCache() { caches_.fetch_add(1, std::memory_order_relaxed); }
  void RemoveCache() { caches_.fetch_sub(1, std::memory_order_relaxed); }

  // In a forked child, where `caches` caches are left and hold `reserved`.
  void ResetAfterFork(size_t caches, size_t reserved) {
    caches_.store(caches, std::memory_order_relaxed);
    reserved_.store(reserved, std::memory_order_relaxed);
  }

  size_t caches() const { return caches_.load(std::memory_order_relaxed); }
  size_t reserved() const { return reserved_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }

 private:
  bool TryReserveUpTo(size_t limit, size_t bytes) {
    // A plain statistic: no memory is published through it.
    size_t reserved = reserved_.load(std::memory_order_relaxed);
    do {
      if (reserved > limit || bytes > limit - reserved) return false;
    } while (!reserved_.compare_exchange_weak(reserved, reserved + bytes,
                                              std::memory_order_relaxed));
    return true;
  }

  const size_t limit_;
  std::atomic<size_t> caches_{0};
  std::atomic<size_t> reserved_{0};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_
