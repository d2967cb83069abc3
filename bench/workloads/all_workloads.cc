#include <span>

#include "bench/workloads/workload.h"

namespace headroom {

#define WORKLOAD(name) extern const Workload k_##name;
#include "bench/workloads/all_workloads.inc"
#undef WORKLOAD

std::span<const Workload* const> AllWorkloads() {
  static constexpr const Workload* kAll[] = {
#define WORKLOAD(name) &k_##name,
#include "bench/workloads/all_workloads.inc"
#undef WORKLOAD
  };
  return kAll;
}

}  // namespace headroom
