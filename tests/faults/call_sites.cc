// Prints the stack of every call of the kernel's that can be made to fail, as
// addresses in this program.
//
// Role: the observations of call_sites_test.py. Some calls are made
//   only after another one failed, hence pairs, and all from one on.
#include <cstdint>
#include <cstdio>
#include <set>

#include "tests/faults/fault_sweep.h"

// The linker's.
extern "C" const char __executable_start[];

namespace headroom {
namespace {

void PrintAll() {
  std::set<CallStack> stacks;
  for (const Workload& workload : Workloads()) {
    FailPairs(workload, /*most_calls=*/0, /*most_distance=*/1, &stacks);
    FailEach(workload, kMemoryKinds, /*for_ever=*/true, &stacks);
  }
  for (const CallStack& stack : stacks) {
    for (const void* address : stack) {
      std::printf("%#tx ",
                  static_cast<const char*>(address) - __executable_start);
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace headroom

int main() { headroom::PrintAll(); }
