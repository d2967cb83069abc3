// The memory checker of builds without one: see memory_checker.h.
//
//   Close         an access is a bug from now on
//   Open          may be used, and has defined values
//   BlockMade     the program's from now on; nothing has been written to it
//   BlockGone     no longer the program's; closes it
//   MappingGone   as BlockGone; the caller opens the memory at once, to whoever
//                 gets the addresses next
//   BlockResized  the program's, now here and so large; `grown` bytes and more
//                 have not been written to
//   Load, Store, CompareExchange   of closed memory, at any address
#ifndef HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_NONE_H_
#define HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_NONE_H_

#include <atomic>
#include <cstddef>

namespace headroom {

struct MemoryChecker {
  static constexpr bool kPresent = false;
  static constexpr bool kFindsLeaks = false;

  static void Close(void*, size_t) {}
  static void Open(void*, size_t) {}
  static void BlockMade(void*, size_t) {}
  static void BlockGone(void*, size_t) {}
  static void MappingGone(void*, size_t) {}
  static void BlockResized(void*, size_t, void*, size_t) {}

  template <typename T>
  static T Load(const void* at) {
    return static_cast<const Anywhere<T>*>(at)->value;
  }
  template <typename T>
  static void Store(void* at, T value) {
    static_cast<Anywhere<T>*>(at)->value = value;
  }
  // `at` is aligned.
  template <typename T>
  static bool CompareExchange(void* at, T expected, T desired) {
    return std::atomic_ref<T>(*static_cast<T*>(at))
        .compare_exchange_strong(expected, desired);
  }
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_NONE_H_
