// Counts which edges of the program run, for the engine in another process.
//
// Role: clang calls these where -fsanitize-coverage=trace-pc-guard is on; the
//   counters lie in a file that the engine's process has mapped, too. Not
//   counted themselves. Allocate nothing.
// Takes from: record. Gives to: edge_counters, by the file.
#include <sys/mman.h>

#include <atomic>
#include <cstdint>

#include "fuzz/process/record.h"

namespace {

// Calls from before it is there, or with no file, count nowhere.
std::atomic<uint8_t*> counters{nullptr};

}  // namespace

extern "C" {

[[clang::no_sanitize("coverage")]] void __sanitizer_cov_trace_pc_guard_init(
    uint32_t* start, uint32_t* stop) {
  if (start == stop || *start != 0) return;
  uint32_t edge = 0;
  for (uint32_t* guard = start; guard < stop; ++guard) {
    *guard = 1 + edge++ % (headroom::kMostEdges - 1);
  }
  void* const shared =
      mmap(nullptr, headroom::kMostEdges, PROT_READ | PROT_WRITE, MAP_SHARED,
           headroom::kEdgesFile, 0);
  if (shared != MAP_FAILED) counters = static_cast<uint8_t*>(shared);
}

[[clang::no_sanitize("coverage")]] void __sanitizer_cov_trace_pc_guard(
    const uint32_t* guard) {
  uint8_t* const to = counters.load(std::memory_order_relaxed);
  if (to == nullptr) return;
  // Saturates; a count that another thread takes away is no loss.
  uint8_t& counter = to[*guard];
  const uint8_t count = __atomic_load_n(&counter, __ATOMIC_RELAXED);
  if (count != UINT8_MAX) {
    __atomic_store_n(&counter, uint8_t(count + 1), __ATOMIC_RELAXED);
  }
}

}  // extern "C"
