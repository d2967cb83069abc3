// What a replay measured, as one line of JSON.
//
// Role: the words of bench_worker's report, where they make sense.
// Takes from: measure. Gives to: replay.
#ifndef BENCH_REPLAY_REPORT_H_
#define BENCH_REPLAY_REPORT_H_

#include <cstdint>
#include <string>

#include "bench/measure/process_counters.h"

namespace headroom::replay {

struct Report {
  std::string name;  // of the trace
  uint64_t threads = 0;
  uint64_t repeats = 0;
  uint64_t operations = 0;
  uint64_t live_bytes = 0;
  uint64_t peak_live_bytes = 0;
  bool checked = false;
  ProcessCounters counters;  // of all repeats together
};

std::string ReportText(const Report& report);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_REPORT_H_
