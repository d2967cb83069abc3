// How much all thread caches together may hold.
//
// Role: a hard limit in bytes that holds with ten threads and with ten
//   thousand. A cache reserves before a magazine grows; no cache has a floor.
// Takes from: nothing. Gives to: thread_cache. Lock-free, thread-safe.
// Invariant: reserved() == sum over caches of 2 * capacity * stride
//   <= limit().
#ifndef HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_
#define HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_

#include <atomic>
#include <cstddef>

namespace headroom {

class CacheBudget {
 public:
  explicit constexpr CacheBudget(size_t limit) : limit_(limit) {}

  bool TryReserve(size_t bytes) {
    // A plain statistic: no memory is published through it.
    size_t reserved = reserved_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ - reserved) return false;
    } while (!reserved_.compare_exchange_weak(reserved, reserved + bytes,
                                              std::memory_order_relaxed));
    return true;
  }
  void Return(size_t bytes) {
    reserved_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  size_t reserved() const { return reserved_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }

 private:
  const size_t limit_;
  std::atomic<size_t> reserved_{0};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_
