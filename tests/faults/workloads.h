// What the heap does while calls fail: short programs that between them reach
// every call of the kernel.
//
// Takes from: fuzz's heap_state. Gives to: fault_sweep. A workload takes a
// refusal like a caller that can go on.
#ifndef HEADROOM_TESTS_FAULTS_WORKLOADS_H_
#define HEADROOM_TESTS_FAULTS_WORKLOADS_H_

#include <functional>
#include <span>

#include "allocator/base/options.h"
#include "fuzz/heap/heap_state.h"

namespace headroom {

struct Workload {
  const char* name;
  Options options;
  // Before each step the metadata arena's chunk is used up, so that whatever
  // needs a record asks the kernel.
  bool spends_arena;
  std::span<const std::function<void(HeapState&)>> steps;
};

std::span<const Workload> Workloads();

}  // namespace headroom

#endif  // HEADROOM_TESTS_FAULTS_WORKLOADS_H_
