// Runs a workload with calls failing, and says what must hold after it.
//
// Role: callers get what works or null with ENOMEM (heap_state sees to it, call
//   by call); then nothing fails any more, everything is freed, nothing is
//   lost, and the same heap serves the same workload again without a refusal.
// Takes from: fault_plan, workloads. Gives to: the tests.
#ifndef HEADROOM_TESTS_FAULTS_FAULT_SWEEP_H_
#define HEADROOM_TESTS_FAULTS_FAULT_SWEEP_H_

#include <cstdint>
#include <set>

#include "tests/faults/fault_plan.h"
#include "tests/faults/workloads.h"

namespace headroom {

struct RunResult {
  uint64_t calls;     // that the plan is about
  uint64_t failures;  // of them
};

// Ends the process, with the plan in its last words, when a promise is broken.
RunResult RunUnder(const FaultPlan& plan, const Workload& workload,
                   std::set<CallStack>* stacks = nullptr);

// Failure 1, 2, ... of `kinds` until the workload ends without one; returns
// how many calls failed. `for_ever`: all from there on, too.
uint64_t FailEach(const Workload& workload, uint32_t kinds, bool for_ever,
                  std::set<CallStack>* stacks = nullptr);

// Two failures among all the kernel's calls: every pair of the first
// `most_calls`, of those behind each with its next `most_distance`.
uint64_t FailPairs(const Workload& workload, uint64_t most_calls,
                   uint64_t most_distance,
                   std::set<CallStack>* stacks = nullptr);

}  // namespace headroom

#endif  // HEADROOM_TESTS_FAULTS_FAULT_SWEEP_H_
