// The worker's lines of JSON.
//
// Takes from: measure, workload. Gives to: bench_worker.
#ifndef BENCH_WORKER_JSON_H_
#define BENCH_WORKER_JSON_H_

#include <cstdint>
#include <string>

#include "bench/measure/process_counters.h"
#include "bench/measure/rss_sampler.h"
#include "bench/workloads/workload.h"

namespace headroom {

// All that one run found out.
struct RunReport {
  const Workload* workload = nullptr;
  int threads = 0;
  Outcome outcome;
  ProcessCounters counters;
  int64_t peak_rss_kib = 0;
  RssSampler* rss = nullptr;  // null: was not asked for
  double ns_per_tick = 0;
  uint64_t timer_ticks = 0;
  std::string malloc_file;
  std::string measures;  // JSON as the malloc wrote it, or empty
};

std::string RunJson(const RunReport& report);

std::string WorkloadJson(const Workload& workload);

}  // namespace headroom

#endif  // BENCH_WORKER_JSON_H_
