#include "tests/explore/atomic_history.h"

#include <algorithm>

namespace headroom::explore {

int AtomicHistory::Visible(const VectorClock& clock) const {
  size_t first = stores_.size() - 1;
  while (first > 0 &&
         !clock.Knows(stores_[first].thread, stores_[first].tick)) {
    --first;
  }
  for (const ReadRecord& read : reads_) {
    if (clock.Knows(read.thread, read.tick))
      first = std::max(first, read.index);
  }
  return static_cast<int>(stores_.size() - first);
}

uint64_t AtomicHistory::Load(int thread, VectorClock& clock, int age,
                             bool acquire) {
  const size_t index = stores_.size() - 1 - static_cast<size_t>(age);
  reads_.push_back({thread, clock.of(thread), index});
  if (acquire) clock.Join(stores_[index].published);
  return stores_[index].value;
}

void AtomicHistory::Store(int thread, VectorClock& clock, uint64_t value,
                          bool release) {
  stores_.push_back(
      {value, thread, clock.of(thread), release ? clock : VectorClock{}});
  if (release) clock.Advance(thread);
}

uint64_t AtomicHistory::Exchange(int thread, VectorClock& clock, uint64_t value,
                                 bool acquire, bool release) {
  const uint64_t before = stores_.back().value;
  const VectorClock sequence = stores_.back().published;
  if (acquire) clock.Join(sequence);
  Store(thread, clock, value, release);
  stores_.back().published.Join(sequence);
  return before;
}

}  // namespace headroom::explore
