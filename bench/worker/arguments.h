// What bench_worker is asked to do.
// Takes from: the command line, measurement, workload. Gives to: bench_worker.
#ifndef BENCH_WORKER_ARGUMENTS_H_
#define BENCH_WORKER_ARGUMENTS_H_

#include <cstdint>
#include <string>

#include "bench/measure/measurement.h"
#include "bench/workloads/workload.h"

namespace headroom {

struct Arguments {
  static constexpr int kMostThreads = 4096;

  bool list = false;
  const Workload* workload = nullptr;  // never null when list is false
  int threads = 0;  // without --threads: the least that the workload wants
  int64_t operations = 0;  // not 0: so many instead of seconds
  MeasurementOptions measured;
};

// Empty, or what is wrong: a sentence for the person who typed them.
std::string ParseArguments(int argc, char** argv, Arguments& arguments);

}  // namespace headroom

#endif  // BENCH_WORKER_ARGUMENTS_H_
