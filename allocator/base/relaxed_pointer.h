// A pointer into an array that one thread moves and others may read.
//
// Role: plain instructions, without a lock prefix, that are no data race: for
//   what the hit path changes and statistics read.
// Takes from: nothing. Gives to: thread.
// Thread-safety: one writer, any readers.
#ifndef HEADROOM_ALLOCATOR_BASE_RELAXED_POINTER_H_
#define HEADROOM_ALLOCATOR_BASE_RELAXED_POINTER_H_

#include <atomic>

#include "allocator/base/build_mode.h"

namespace headroom {

template <class T>
class RelaxedPointer {
 public:
  explicit constexpr RelaxedPointer(T* value) : value_(value) {}

  T* Get() const { return value_.load(std::memory_order_relaxed); }
  void Set(T* value) { value_.store(value, std::memory_order_relaxed); }

  // One element down. g++ makes three instructions of a relaxed load,
  // subtraction and store; one does.
  void StepDown() {
#if defined(__x86_64__)
    if constexpr (!kThreadSanitizer) {
      asm("subq %1, %0" : "+m"(value_) : "i"(sizeof(T)) : "cc");
      return;
    }
#endif
    Set(Get() - 1);
  }

 private:
  std::atomic<T*> value_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_RELAXED_POINTER_H_
