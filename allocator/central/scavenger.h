// Gives idle memory back as time goes by, on the backs of slow paths.
//
// Role: at most once a period, one of the threads that happen to miss returns
//   idle blocks to their spans and lets the page heap decay. No thread of
//   its own.
// Takes from: central_cache, page_heap, clock. Gives to: thread, front.
// Lock-free, thread-safe; call it without any lock held.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_SCAVENGER_H_
#define HEADROOM_ALLOCATOR_CENTRAL_SCAVENGER_H_

#include <atomic>
#include <cstdint>

#include "allocator/central/central_cache.h"
#include "allocator/pages/page_heap.h"
#include "allocator/system/clock.h"

namespace headroom {

class Scavenger {
 public:
  static constexpr uint64_t kPeriodMs = 500;

  constexpr Scavenger(CentralCache& central, PageHeap& pages,
                      MillisecondClock clock)
      : central_(central), pages_(pages), clock_(clock) {}

  // Does the work when it is due and no other thread does it. Returns the time.
  uint64_t RunIfDue() {
    const uint64_t now = clock_();
    uint64_t due = due_ms_.load(std::memory_order_relaxed);
    if (now < due || !due_ms_.compare_exchange_strong(
                         due, now + kPeriodMs, std::memory_order_relaxed)) {
      return now;
    }
    central_.Scavenge(/*all=*/false);
    pages_.Decay();
    return now;
  }

 private:
  CentralCache& central_;
  PageHeap& pages_;
  const MillisecondClock clock_;
  std::atomic<uint64_t> due_ms_{0};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_SCAVENGER_H_
