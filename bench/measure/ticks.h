// The processor's time stamp counter, read before and after a call.
//
// Role: a clock that costs less than what it measures. The fences keep the
//   measured call between the two reads. TickScale says what a tick is in ns.
// Takes from: the processor, clock_gettime. Gives to: latency_meter,
//   measurement.
#ifndef BENCH_MEASURE_TICKS_H_
#define BENCH_MEASURE_TICKS_H_

#include <cpuid.h>
#include <time.h>
#include <x86intrin.h>

#include <algorithm>
#include <cstdint>

namespace headroom {

inline uint64_t TicksBefore() {
  asm volatile("lfence" ::: "memory");
  const uint64_t ticks = __rdtsc();
  asm volatile("lfence" ::: "memory");
  return ticks;
}

inline uint64_t TicksAfter() {
  unsigned processor;
  const uint64_t ticks = __rdtscp(&processor);
  asm volatile("lfence" ::: "memory");
  return ticks;
}

// Whether the counter runs at one speed on all processors, whatever they do:
// bit 8 of CPUID leaf 0x80000007, "invariant TSC" (Intel SDM volume 3, 17.17).
inline bool TicksAreTime() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d >> 8 & 1) != 0;
}

inline int64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

// What two reads with nothing between them cost: the least of many.
inline uint64_t TimerTicks() {
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t before = TicksBefore();
    least = std::min(least, TicksAfter() - before);
  }
  return least;
}

// Compares the counter with the clock over the time between two points.
class TickScale {
 public:
  void Begin() { Read(first_ticks_, first_ns_); }
  void End() { Read(last_ticks_, last_ns_); }
  double NsPerTick() const {
    return static_cast<double>(last_ns_ - first_ns_) /
           static_cast<double>(last_ticks_ - first_ticks_);
  }

 private:
  static void Read(uint64_t& ticks, int64_t& ns) {
    ticks = TicksBefore();
    ns = NowNs();
  }

  uint64_t first_ticks_ = 0;
  uint64_t last_ticks_ = 1;
  int64_t first_ns_ = 0;
  int64_t last_ns_ = 0;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_TICKS_H_
