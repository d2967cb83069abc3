// Valgrind's memcheck: see memory_checker.h and, for what the functions mean,
// memory_checker_none.h.
//
// Client requests, which do nothing where the program runs without Valgrind.
#ifndef HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_MEMCHECK_H_
#define HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_MEMCHECK_H_

#include <valgrind/memcheck.h>

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace headroom {

struct MemoryChecker {
  static constexpr bool kPresent = true;
  // It follows pointers: those in caches would hide a lost block.
  static constexpr bool kFindsLeaks = true;

  static void Close(void* start, size_t bytes) {
    VALGRIND_MAKE_MEM_NOACCESS(start, bytes);
  }
  static void Open(void* start, size_t bytes) {
    VALGRIND_MAKE_MEM_DEFINED(start, bytes);
  }
  static void BlockMade(void* block, size_t bytes) {
    VALGRIND_MALLOCLIKE_BLOCK(block, bytes, /*rzB=*/0, /*is_zeroed=*/0);
  }
  static void BlockGone(void* block, size_t) {
    VALGRIND_FREELIKE_BLOCK(block, /*rzB=*/0);
  }
  static void MappingGone(void* block, size_t bytes) {
    BlockGone(block, bytes);
  }
  static void BlockResized(void* old, size_t old_bytes, void* block,
                           size_t bytes) {
    if (old == block) {
      VALGRIND_RESIZEINPLACE_BLOCK(block, old_bytes, bytes, /*rzB=*/0);
      return;
    }
    BlockGone(old, old_bytes);
    BlockMade(block, bytes);
    Open(block, std::min(old_bytes, bytes));
  }

  template <typename T>
  static T Load(const void* at) {
    VALGRIND_DISABLE_ERROR_REPORTING;
    T value = static_cast<const volatile Anywhere<T>*>(at)->value;
    VALGRIND_ENABLE_ERROR_REPORTING;
    VALGRIND_MAKE_MEM_DEFINED(&value, sizeof(value));
    return value;
  }
  template <typename T>
  static void Store(void* at, T value) {
    VALGRIND_DISABLE_ERROR_REPORTING;
    static_cast<volatile Anywhere<T>*>(at)->value = value;
    VALGRIND_ENABLE_ERROR_REPORTING;
  }
  template <typename T>
  static bool CompareExchange(void* at, T expected, T desired) {
    VALGRIND_DISABLE_ERROR_REPORTING;
    const bool same = std::atomic_ref<T>(*static_cast<T*>(at))
                          .compare_exchange_strong(expected, desired);
    VALGRIND_ENABLE_ERROR_REPORTING;
    return same;
  }
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_MEMCHECK_H_
