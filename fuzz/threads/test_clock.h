// The clock of the threads fuzzer: as far on as the steps say.
//
// Takes from: nothing. Gives to: thread_life, threads_state. Thread-safe.
#ifndef FUZZ_THREADS_TEST_CLOCK_H_
#define FUZZ_THREADS_TEST_CLOCK_H_

#include <atomic>
#include <cstdint>

namespace headroom {

inline std::atomic<uint64_t> test_clock_ms{1000};

inline uint64_t ReadTestClock() {
  return test_clock_ms.load(std::memory_order_relaxed);
}
inline void AdvanceTestClock(uint64_t milliseconds) {
  test_clock_ms.fetch_add(milliseconds, std::memory_order_relaxed);
}

}  // namespace headroom

#endif  // FUZZ_THREADS_TEST_CLOCK_H_
