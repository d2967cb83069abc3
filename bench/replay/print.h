// A trace in words, a line an operation, for people and tests.
#ifndef BENCH_REPLAY_PRINT_H_
#define BENCH_REPLAY_PRINT_H_

#include <string>

#include "bench/replay/trace.h"

namespace headroom::replay {

// A block is THREAD.ALLOCATION, both counted from 0.
std::string TraceText(const Trace& trace);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_PRINT_H_
