// So many a second and no more, however many ask.
//
// Role: bounds what costly extras (stack traces, lookups) may cost.
// Takes from: nothing. Gives to: everyone.
// Thread-safety: lock-free; safe in a signal handler.
// Invariant: in any span of time t, at most burst + t * per_second are taken.
#ifndef HEADROOM_ALLOCATOR_BASE_TOKEN_BUCKET_H_
#define HEADROOM_ALLOCATOR_BASE_TOKEN_BUCKET_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace headroom {

class TokenBucket {
 public:
  // Full at first. When either is 0, nothing is ever granted.
  constexpr TokenBucket(uint32_t per_second, uint32_t burst)
      : token_ns_(per_second == 0 ? 0 : (kSecondNs - 1) / per_second + 1),
        burst_ns_(burst * token_ns_) {}
  TokenBucket(const TokenBucket&) = delete;
  TokenBucket& operator=(const TokenBucket&) = delete;

  // Takes `count` tokens or none; more than `burst` are never had. `now_ms` is
  // a monotonic clock's; one that lags behind another thread's only makes the
  // bucket stricter.
  bool TryTake(uint64_t now_ms, uint32_t count = 1) {
    const int64_t cost = count * token_ns_;
    if (burst_ns_ == 0 || cost > burst_ns_) return false;
    const int64_t now = static_cast<int64_t>(now_ms) * 1000000;
    int64_t spent = spent_until_.load(std::memory_order_relaxed);
    int64_t spent_then;
    do {
      // What was not used for longer than the burst is lost.
      spent_then = std::max(spent, now - burst_ns_) + cost;
      if (spent_then > now) return false;
    } while (!spent_until_.compare_exchange_weak(spent, spent_then,
                                                 std::memory_order_relaxed));
    return true;
  }

 private:
  static constexpr int64_t kSecondNs = 1000000000;

  const int64_t token_ns_;  // after so long, there is one more
  const int64_t burst_ns_;
  // Each token is a piece of the past; those before this are spent.
  std::atomic<int64_t> spent_until_{INT64_MIN / 2};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_TOKEN_BUCKET_H_
