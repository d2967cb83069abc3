// Did a replay do what was recorded?
//
// Takes from: trace. Gives to: replay.
#ifndef BENCH_REPLAY_CHECK_H_
#define BENCH_REPLAY_CHECK_H_

#include <string>
#include <vector>

#include "bench/replay/trace.h"

namespace headroom::replay {

// The first difference between what the threads did and what the trace says
// that they come to, in a sentence; empty when there is none.
std::string FindDifference(const Trace& trace,
                           const std::vector<ThreadTotals>& done);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_CHECK_H_
