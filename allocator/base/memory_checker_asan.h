// AddressSanitizer: see memory_checker.h and, for what the functions mean,
// memory_checker_none.h.
//
// What is closed is poisoned, in the words of asan_interface.h.
#ifndef HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_ASAN_H_
#define HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_ASAN_H_

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace headroom {

struct MemoryChecker {
  static constexpr bool kPresent = true;
  static constexpr bool kFindsLeaks = false;
  // A giant block's shadow would cost memory that the block itself never does.
  static constexpr size_t kMostBytes = size_t{16} << 20;

  static void Close(void* start, size_t bytes) {
    __asan_poison_memory_region(start, std::min(bytes, kMostBytes));
  }
  static void Open(void* start, size_t bytes) {
    bytes < kGiantBytes ? __asan_unpoison_memory_region(start, bytes)
                        : OpenGiant(start, bytes);
  }
  static void BlockMade(void* block, size_t bytes) { Open(block, bytes); }
  static void BlockGone(void* block, size_t bytes) { Close(block, bytes); }
  static void MappingGone(void*, size_t) {}
  static void BlockResized(void* old, size_t old_bytes, void* block,
                           size_t bytes) {
    if (old == block && bytes < old_bytes) {
      Close(static_cast<char*>(block) + bytes, old_bytes - bytes);
    }
    Open(block, bytes);
  }

  // Not inlined: then they would be watched as the caller is.
  template <typename T>
  [[gnu::noinline, gnu::no_sanitize("address")]] static T Load(const void* at) {
    return static_cast<const Anywhere<T>*>(at)->value;
  }
  template <typename T>
  [[gnu::noinline, gnu::no_sanitize("address")]] static void Store(void* at,
                                                                   T value) {
    static_cast<Anywhere<T>*>(at)->value = value;
  }
  template <typename T>
  [[gnu::noinline, gnu::no_sanitize("address")]] static bool CompareExchange(
      void* at, T expected, T desired) {
    return __atomic_compare_exchange_n(static_cast<T*>(at), &expected, desired,
                                       /*weak=*/false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }

 private:
  // Of these mappings are made, whose shadow has hardly a page yet.
  static constexpr size_t kGiantBytes = size_t{4} << 20;

  // As ASan does it for mmap: a whole page of the shadow goes back to the
  // kernel. To write zeros to all of them would take milliseconds.
  static void OpenGiant(void* start, size_t bytes) {
    size_t scale = 0;
    size_t offset = 0;
    __asan_get_shadow_mapping(&scale, &offset);
    // What one page of the shadow is about.
    const size_t page = kKernelPageBytes << scale;
    const auto from = reinterpret_cast<uintptr_t>(start);
    const uintptr_t to = from + bytes;
    const uintptr_t first = AlignUp(from, page);
    const uintptr_t last = AlignDown(to, page);
    __asan_unpoison_memory_region(start, first - from);
    __asan_unpoison_memory_region(reinterpret_cast<void*>(last), to - last);
    auto* shadow = reinterpret_cast<void*>((first >> scale) + offset);
    if (madvise(shadow, (last - first) >> scale, MADV_DONTNEED) != 0) {
      __asan_unpoison_memory_region(reinterpret_cast<void*>(first),
                                    last - first);
    }
  }
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MEMORY_CHECKER_ASAN_H_
