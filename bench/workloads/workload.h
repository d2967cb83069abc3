// A workload: what is known about it, and the two programs it compiles to.
//
// Role: the interface between a pattern of allocation and who runs it. One file
//   a workload; all_workloads.inc names them all.
// Takes from: latency_meter. Gives to: workloads, worker.
#ifndef BENCH_WORKLOADS_WORKLOAD_H_
#define BENCH_WORKLOADS_WORKLOAD_H_

#include <cstdint>
#include <functional>
#include <span>

#include "bench/measure/latency_meter.h"

namespace headroom {

// How to run one.
struct Plan {
  int threads = 1;
  double warm_up_seconds = 0;
  double warm_again_seconds = 0;  // in each turn but the first
  double seconds = 0;
  // Of one thread, instead of time, in the warm-up and in the measured part: so
  // many operations, rounded up to whole rounds. 0: by time.
  int64_t operations = 0;
  // Called by the main thread, when all others stand still. A turn is a warm-up
  // and a measured part: whether there is another turn; right before and right
  // after the measured part, which did so many operations.
  std::function<bool()> next;
  std::function<void()> begin;
  std::function<void(int64_t)> end;
};

// What the measured parts did. An operation is one malloc and the free that
// goes with it.
struct Outcome {
  int64_t operations = 0;
  LatencyMeter* latency = nullptr;  // all threads' in one, where it is timed
  int64_t live_blocks = 0;          // in the end; 0, where that is counted
};

struct Workload {
  const char* name;
  const char* pattern;  // what kind it is, one word or two
  const char* about;
  const char* source;
  bool quick = false;  // belongs to the small set that shows the most
  int least_threads = 1;
  int most_threads = 0;  // 0: no limit

  void (*throughput)(const Plan&, Outcome&) = nullptr;
  void (*latency)(const Plan&, Outcome&) = nullptr;
};

// Begins the description of the workload in the file of that name.
#define HEADROOM_WORKLOAD(name)   \
  extern const Workload k_##name; \
  constexpr Workload k_##name

// In the order of the table.
std::span<const Workload* const> AllWorkloads();

}  // namespace headroom

#endif  // BENCH_WORKLOADS_WORKLOAD_H_
