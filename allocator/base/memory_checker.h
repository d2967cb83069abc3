// What a memory checker is told of the heap's memory, in builds made for one.
//
//   build            checker     chosen by
//   --config=asan    ASan        the compiler's macro
//   --config=msan    MSan        the compiler's macro
//   --config=valgrind  memcheck  HEADROOM_VALGRIND
//
// Role: MemoryChecker, the same functions for each; in every other build they
//   are empty, and Load and Store plain ones.
// Takes from: the compiler, the checker. Gives to: everyone who says what is
//   whose, or touches memory that is closed to others: block, central, guard,
//   front.
// Invariant: of the heap's spans, all is closed but the bytes of live blocks.
#ifndef HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_H_
#define HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_H_

#include <cstddef>

#include "allocator/base/units.h"

#ifndef __has_feature
#define HEADROOM_HAS_FEATURE(name) 0
#else
#define HEADROOM_HAS_FEATURE(name) __has_feature(name)
#endif

namespace headroom {

// A value at any address, in memory of any type.
template <typename T>
struct [[gnu::packed, gnu::may_alias]] Anywhere {
  T value;
};

}  // namespace headroom

#if defined(__SANITIZE_ADDRESS__) || HEADROOM_HAS_FEATURE(address_sanitizer)
#include "allocator/base/memory_checker_asan.h"
#elif HEADROOM_HAS_FEATURE(memory_sanitizer)
#include "allocator/base/memory_checker_msan.h"
#elif defined(HEADROOM_VALGRIND)
#include "allocator/base/memory_checker_memcheck.h"
#else
#include "allocator/base/memory_checker_none.h"
#endif

#undef HEADROOM_HAS_FEATURE

namespace headroom {

// While it lives, the heap itself may use memory that is closed; to the checker
// it has defined values.
class HeapAccess {
 public:
  HeapAccess(void* start, size_t bytes) : start_(start), bytes_(bytes) {
    MemoryChecker::Open(start_, bytes_);
  }
  explicit HeapAccess(MemoryRange range)
      : HeapAccess(reinterpret_cast<void*>(range.start), range.bytes) {}
  ~HeapAccess() { MemoryChecker::Close(start_, bytes_); }
  HeapAccess(const HeapAccess&) = delete;
  HeapAccess& operator=(const HeapAccess&) = delete;

 private:
  void* const start_;
  const size_t bytes_;
};

inline void CloseMemory(MemoryRange range) {
  MemoryChecker::Close(reinterpret_cast<void*>(range.start), range.bytes);
}
inline void OpenMemory(MemoryRange range) {
  MemoryChecker::Open(reinterpret_cast<void*>(range.start), range.bytes);
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_H_
