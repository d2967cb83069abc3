// What bench_worker says of a workload: a line of JSON.
//
// Takes from: json_text, workload. Gives to: bench_worker.
#ifndef BENCH_WORKER_JSON_H_
#define BENCH_WORKER_JSON_H_

#include <string>

#include "bench/workloads/workload.h"

namespace headroom {

std::string WorkloadJson(const Workload& workload);

}  // namespace headroom

#endif  // BENCH_WORKER_JSON_H_
