// Carries out a step, and looks whether it went as it should.
//
// Role: a mark in each block, seen again at its end; calloc's zeroes,
//   alignments; and a count of what was done, to be compared with the trace.
// Takes from: calls, trace. Gives to: player.
#ifndef BENCH_REPLAY_CHECKED_CALLS_H_
#define BENCH_REPLAY_CHECKED_CALLS_H_

#include <cstdint>
#include <vector>

#include "bench/replay/plan.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

// Of one thread.
class CheckedCalls {
 public:
  // `bytes` are of the blocks that `pointers` are to.
  CheckedCalls(const ThreadTrace& trace, std::vector<void*>& pointers,
               std::vector<uint64_t>& bytes)
      : trace_(trace), pointers_(pointers), bytes_(bytes) {}

  // The next step. What the malloc got wrong, or null.
  const char* Do(const Step& step);

  ThreadTotals totals() const { return tally_.totals(); }

 private:
  bool HoldsItsMark(uint32_t slot) const;
  const char* Begin(const Step& step);

  const ThreadTrace& trace_;
  std::vector<void*>& pointers_;
  std::vector<uint64_t>& bytes_;
  uint32_t next_ = 0;
  Tally tally_;
};

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_CHECKED_CALLS_H_
