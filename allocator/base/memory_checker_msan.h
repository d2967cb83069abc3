// MemorySanitizer: see memory_checker.h and, for what the functions mean,
// memory_checker_none.h.
//
// What is closed counts as not written, so that a value read from it is a bug
// where something depends on it.
#ifndef HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_MSAN_H_
#define HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_MSAN_H_

#include <sanitizer/msan_interface.h>

#include <algorithm>
#include <cstddef>

namespace headroom {

struct MemoryChecker {
  static constexpr bool kPresent = true;
  static constexpr bool kFindsLeaks = false;
  // A giant block's shadow would cost memory that the block itself never does.
  static constexpr size_t kMostBytes = size_t{1} << 20;

  static void Close(void* start, size_t bytes) {
    __msan_poison(start, std::min(bytes, kMostBytes));
  }
  static void Open(void* start, size_t bytes) { __msan_unpoison(start, bytes); }
  static void BlockMade(void* block, size_t bytes) {
    // Tells reports where it was made; poisons only where malloc's would be.
    __msan_allocated_memory(block, std::min(bytes, kMostBytes));
    Close(block, bytes);
  }
  static void BlockGone(void* block, size_t bytes) { Close(block, bytes); }
  static void MappingGone(void*, size_t) {}
  static void BlockResized(void* old, size_t old_bytes, void* block,
                           size_t bytes) {
    // The kernel moved it, and MSan did not see it.
    if (old != block) Open(block, std::min(old_bytes, bytes));
    if (bytes > old_bytes) {
      Close(static_cast<char*>(block) + old_bytes, bytes - old_bytes);
    } else {
      Close(static_cast<char*>(block) + bytes, old_bytes - bytes);
    }
  }

  // Not inlined: then they would be watched as the caller is.
  template <typename T>
  [[gnu::noinline, gnu::no_sanitize("memory")]] static T Load(const void* at) {
    return static_cast<const Anywhere<T>*>(at)->value;
  }
  template <typename T>
  static void Store(void* at, T value) {
    static_cast<Anywhere<T>*>(at)->value = value;
  }
  template <typename T>
  [[gnu::noinline, gnu::no_sanitize("memory")]] static bool CompareExchange(
      void* at, T expected, T desired) {
    return __atomic_compare_exchange_n(static_cast<T*>(at), &expected, desired,
                                       /*weak=*/false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_MSAN_H_
