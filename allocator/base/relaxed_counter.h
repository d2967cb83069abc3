// A counter that one thread changes and others may read.
//
// Role: a plain increment in memory, without a lock prefix, that is no data
//   race: for counts on the hit path that statistics read.
// Takes from: nothing. Gives to: thread.
// Thread-safety: one writer, any readers.
#ifndef HEADROOM_ALLOCATOR_BASE_RELAXED_COUNTER_H_
#define HEADROOM_ALLOCATOR_BASE_RELAXED_COUNTER_H_

#include <atomic>
#include <cstdint>

#include "allocator/base/build_mode.h"

namespace headroom {

class RelaxedCounter {
 public:
  constexpr RelaxedCounter() = default;

  uint32_t Get() const { return value_.load(std::memory_order_relaxed); }
  void Set(uint32_t value) { value_.store(value, std::memory_order_relaxed); }

  // g++ makes three instructions of a relaxed load, add and store; one does.
  void Increment() {
#if defined(__x86_64__)
    if constexpr (!kThreadSanitizer) {
      asm("incl %0" : "+m"(value_) : : "cc");
      return;
    }
#endif
    Set(Get() + 1);
  }
  void Decrement() {
#if defined(__x86_64__)
    if constexpr (!kThreadSanitizer) {
      asm("decl %0" : "+m"(value_) : : "cc");
      return;
    }
#endif
    Set(Get() - 1);
  }

 private:
  std::atomic<uint32_t> value_{0};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_RELAXED_COUNTER_H_
