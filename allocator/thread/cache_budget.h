// How much all thread caches together may hold.
//
// Role: a limit in bytes that holds with ten threads and with ten thousand. A
//   cache reserves before a magazine grows. A first allowance is every
//   cache's, so that none lives without magazines. A quarter of the limit is
//   for small caches, below their share of it and kMostShare: it takes hundreds
//   of hoarders to use that up. Of the rest, a cache may come to hold kAlpha
//   times what it leaves: so N that grow together get (3/4 limit) / (N +
//   1/kAlpha) each, and something is always left for the next.
// Source: the dynamic thresholds of shared-memory switches: Choudhury and
//   Hahne, IEEE/ACM Transactions on Networking 6(2), 1998.
// Takes from: nothing. Gives to: thread_cache. Lock-free, thread-safe.
// Invariant: reserved() == sum over caches of capacity * stride
//   <= bound().
#ifndef HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_
#define HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace headroom {

class CacheBudget {
 public:
  static constexpr size_t kAllowance = size_t{8} << 10;
  static constexpr size_t kMostShare = size_t{32} << 10;
  static constexpr size_t kAlpha = 2;

  explicit constexpr CacheBudget(size_t limit, size_t allowance = kAllowance)
      : limit_(limit), allowance_(allowance) {}

  // For a cache that holds `held` bytes already.
  bool TryReserve(size_t bytes, size_t held) {
    if (IsWithin(allowance_, bytes, held)) {
      reserved_.fetch_add(bytes, std::memory_order_relaxed);
      return true;
    }
    const size_t kept = limit_ / 4;
    const size_t share =
        std::min(kept / std::max<size_t>(1, caches()), kMostShare);
    const bool is_small = IsWithin(share, bytes, held);
    const size_t limit = is_small ? limit_ : limit_ - kept;
    // A plain statistic: no memory is published through it.
    size_t reserved = reserved_.load(std::memory_order_relaxed);
    do {
      const size_t left = limit - std::min(limit, reserved);
      if (bytes > left) return false;
      if (!is_small && !IsWithin(kAlpha * (left - bytes), bytes, held)) {
        return false;
      }
    } while (!reserved_.compare_exchange_weak(reserved, reserved + bytes,
                                              std::memory_order_relaxed));
    return true;
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
  // What reserved() can be at most with the caches of now.
  size_t bound() const { return limit_ + allowance_ * caches(); }

 private:
  static constexpr bool IsWithin(size_t room, size_t bytes, size_t held) {
    return held <= room && bytes <= room - held;
  }

  const size_t limit_;
  const size_t allowance_;  // of each cache
  std::atomic<size_t> caches_{0};
  std::atomic<size_t> reserved_{0};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_CACHE_BUDGET_H_
