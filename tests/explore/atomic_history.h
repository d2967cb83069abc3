// Every value that an atomic had in this run, and who may still see which.
//
// Role: what C++ allows beyond the last value: a load may return an older one
//   unless a newer store, or a read of a newer one, happens before it.
//   Stronger than the standard in three points: stores take effect in the
//   order in which they run, a read-modify-write and a sequentially consistent
//   load see the last value.
// Takes from: vector_clock. Gives to: scheduler.
#ifndef HEADROOM_TESTS_EXPLORE_ATOMIC_HISTORY_H_
#define HEADROOM_TESTS_EXPLORE_ATOMIC_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/explore/vector_clock.h"

namespace headroom::explore {

class AtomicHistory {
 public:
  bool is_empty() const { return stores_.empty(); }
  // What was there before the threads began, or what a plain write left.
  void Begin(uint64_t value) {
    stores_.clear();
    stores_.push_back({value, -1, 0, {}});
    reads_.clear();
  }
  void Forget() { stores_.clear(); }

  // How many of the last values `thread` may see; at least 1.
  int Visible(const VectorClock& clock) const;
  // Sees the value that is `age` stores older than the last one.
  uint64_t Load(int thread, VectorClock& clock, int age, bool acquire);
  void Store(int thread, VectorClock& clock, uint64_t value, bool release);
  // The value before; the new one belongs to the release sequence.
  uint64_t Exchange(int thread, VectorClock& clock, uint64_t value,
                    bool acquire, bool release);
  uint64_t last() const { return stores_.back().value; }

 private:
  struct StoreRecord {
    uint64_t value;
    int thread;
    Tick tick;
    VectorClock published;
  };
  struct ReadRecord {
    int thread;
    Tick tick;
    size_t index;
  };

  std::vector<StoreRecord> stores_;
  std::vector<ReadRecord> reads_;
};

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_ATOMIC_HISTORY_H_
