// Operations of every target that has a kernel and a clock.
//
// Role: Perform takes any state that has os(), or PassTime.
// Takes from: operation_text. Gives to: the targets' operations.
#ifndef FUZZ_WORLD_WORLD_OPERATIONS_H_
#define FUZZ_WORLD_WORLD_OPERATIONS_H_

#include <cstdint>

#include "fuzz/engine/operation_text.h"

namespace headroom {

// After `calls` calls the kernel refuses the next `refusals`.
struct RefuseLaterOperation {
  uint32_t calls;
  uint32_t refusals;
  template <typename State>
  void Perform(State& state) const {
    state.os().RefuseLater(calls, refusals);
  }
  OperationText Describe() const {
    return {"RefuseLaterOperation", {{"calls", calls}, {"refusals", refusals}}};
  }
};

struct PassTimeOperation {
  uint64_t milliseconds;
  template <typename State>
  void Perform(State& state) const {
    state.PassTime(milliseconds);
  }
  OperationText Describe() const {
    return {"PassTimeOperation", {{"milliseconds", milliseconds}}};
  }
};

}  // namespace headroom

#endif  // FUZZ_WORLD_WORLD_OPERATIONS_H_
