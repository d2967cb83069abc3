#include "fuzz/world/touched_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// Calls use(run, is_touched) for runs of pages until it returns false.
template <typename Use>
bool ForRuns(MemoryRange range, Use use) {
  std::array<unsigned char, 1024> touched = {};
  constexpr size_t kMostBytes = touched.size() * kKernelPageBytes;
  for (uintptr_t at = range.start; at < range.end(); at += kMostBytes) {
    const size_t bytes = std::min(range.end() - at, kMostBytes);
    Require(mincore(reinterpret_cast<void*>(at), bytes, touched.data()) == 0,
            "the fuzzer's own mincore works");
    const size_t pages = bytes / kKernelPageBytes;
    for (size_t i = 0, end = 0; i < pages; i = end) {
      while (end < pages && (touched[end] & 1) == (touched[i] & 1)) ++end;
      const MemoryRange run{at + i * kKernelPageBytes,
                            (end - i) * kKernelPageBytes};
      if (!use(run, (touched[i] & 1) != 0)) return false;
    }
  }
  return true;
}

// No memory checker knows of it.
void WriteZeros(MemoryRange range) {
  uintptr_t to = range.start;
  size_t bytes = range.bytes;
  asm volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(0) : "memory");
}

}  // namespace

bool IsZero(const char* start, size_t bytes) {
  const auto from = reinterpret_cast<uintptr_t>(start);
  const uintptr_t first = AlignDown(from, kKernelPageBytes);
  const uintptr_t last = AlignUp(from + bytes, kKernelPageBytes);
  return ForRuns({first, last - first}, [=](MemoryRange run, bool is_touched) {
    if (!is_touched) return true;
    const uintptr_t begin = std::max(run.start, from);
    const uintptr_t end = std::min(run.end(), from + bytes);
    const auto* at = reinterpret_cast<const char*>(begin);
    return begin >= end ||
           (*at == 0 && memcmp(at, at + 1, end - begin - 1) == 0);
  });
}

void ClearPages(MemoryRange range) {
  ForRuns(range, [](MemoryRange run, bool is_touched) {
    if (is_touched) {
      WriteZeros(run);
    } else {  // it may have been swapped out
      madvise(reinterpret_cast<void*>(run.start), run.bytes, MADV_DONTNEED);
    }
    return true;
  });
}

}  // namespace headroom
