// What bench_worker is asked to do.
// Takes from: the command line, workload. Gives to: bench_worker.
#ifndef BENCH_WORKER_ARGUMENTS_H_
#define BENCH_WORKER_ARGUMENTS_H_

#include "absl/status/statusor.h"
#include "bench/workloads/workload.h"

namespace headroom {

struct Arguments {
  static constexpr int kMostThreads = 4096;
  static constexpr double kMostSeconds = 3600;

  bool list = false;
  const Workload* workload = nullptr;  // never null when list is false
  int threads = 0;  // without --threads: the least that the workload wants
  double seconds = 0.1;
  bool latency = false;
  double rss_every_ms = 0;  // 0: not at all
};

// An error is a sentence for the person who typed them.
absl::StatusOr<Arguments> ParseArguments(int argc, char** argv);

}  // namespace headroom

#endif  // BENCH_WORKER_ARGUMENTS_H_
