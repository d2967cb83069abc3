// What one thread knows of the others: how far each had come when word of it
// last arrived here.
//
// Role: decides whether one access happens before another. A thread's own tick
//   rises whenever it publishes.
// Takes from: nothing. Gives to: race_detector, atomic_history, scheduler.
#ifndef HEADROOM_TESTS_EXPLORE_VECTOR_CLOCK_H_
#define HEADROOM_TESTS_EXPLORE_VECTOR_CLOCK_H_

#include <algorithm>
#include <array>
#include <cstdint>

namespace headroom::explore {

inline constexpr int kMostThreads = 4;

using Tick = uint16_t;

struct VectorClock {
  // 0 is what was there before the threads began: everybody knows it.
  std::array<Tick, kMostThreads> ticks{};

  bool Knows(int thread, Tick tick) const {
    return thread < 0 || ticks[static_cast<size_t>(thread)] >= tick;
  }
  Tick of(int thread) const { return ticks[static_cast<size_t>(thread)]; }
  void Advance(int thread) { ++ticks[static_cast<size_t>(thread)]; }
  void Join(const VectorClock& other) {
    for (size_t i = 0; i < kMostThreads; ++i) {
      ticks[i] = std::max(ticks[i], other.ticks[i]);
    }
  }
};

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_VECTOR_CLOCK_H_
