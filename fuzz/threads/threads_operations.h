// The operations of the threads fuzzer, and how bytes become operations.
//
// Takes from: threads_state, byte_reader. Gives to: threads_fuzzer.
#ifndef FUZZ_THREADS_THREADS_OPERATIONS_H_
#define FUZZ_THREADS_THREADS_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/threads/threads_state.h"
#include "fuzz/world/world_operations.h"

namespace headroom {

struct StepOperation {
  size_t thread;
  Verb verb;
  uint8_t count;
  uint16_t index;
  uint32_t bytes;
  void Perform(ThreadsState& state) const {
    state.Perform(thread, {verb, count, index, bytes});
  }
  OperationText Describe() const {
    return {"StepOperation",
            {{"thread", thread},
             {"verb", verb},
             {"count", count},
             {"index", index},
             {"bytes", bytes}}};
  }
};

// Threads from `first` on, all at once.
struct BurstOperation {
  size_t first;
  std::vector<Script> scripts;
  void Perform(ThreadsState& state) const { state.Burst(first, scripts); }
  OperationText Describe() const {
    return {"BurstOperation", {{"first", first}, {"scripts", scripts}}};
  }
};

struct HandOverOperation {
  size_t from;
  size_t index;
  size_t to;
  void Perform(ThreadsState& state) const { state.HandOver(from, index, to); }
  OperationText Describe() const {
    return {"HandOverOperation",
            {{"from", from}, {"index", index}, {"to", to}}};
  }
};

using ThreadsOperation = std::variant<StepOperation, BurstOperation,
                                      HandOverOperation, RefuseLaterOperation>;

ThreadsOperation ReadThreadsOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_THREADS_THREADS_OPERATIONS_H_
