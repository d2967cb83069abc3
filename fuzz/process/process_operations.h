// The operations of the process fuzzer, as they are read and printed.
//
// Role: each becomes one record of the program's orders.
// Takes from: process_state, byte_reader. Gives to: process_fuzzer.
#ifndef FUZZ_PROCESS_PROCESS_OPERATIONS_H_
#define FUZZ_PROCESS_PROCESS_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/process/process_state.h"
#include "fuzz/process/record.h"

namespace headroom {

std::string Expression(Make make);
std::string Expression(Question question);
std::string Expression(Crime crime);
std::string Expression(NewHandlerKind kind);
std::string Expression(HookKind kind);

struct AllocateOperation {
  uint8_t thread = 0;
  uint8_t slot = 0;
  Make make = {};
  uint32_t count = 0;  // of an array's elements
  uint64_t size = 0;
  uint64_t alignment = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct FreeOperation {
  uint8_t thread = 0;
  uint8_t slot = 0;
  uint8_t way = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct ResizeOperation {
  uint8_t thread = 0;
  uint8_t slot = 0;
  uint8_t way = 0;
  uint32_t count = 0;
  uint64_t size = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct CommitOperation {
  uint8_t thread = 0;
  uint8_t slot = 0;
  Crime crime = {};
  uint32_t kind = 0;
  bool in_child = false;
  uint64_t size = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct AskOperation {
  uint8_t thread = 0;
  uint8_t slot = 0;
  Question question = {};
  uint64_t size = 0;
  uint64_t alignment = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct EndThreadOperation {
  uint8_t thread = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct GoOnInChildOperation {
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct BurstOperation {
  uint32_t seed = 0;
  uint8_t forks = 0;
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct LimitOperation {
  bool of_data = false;
  uint64_t more = 0;  // bytes; SIZE_MAX: no limit
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct SetNewHandlerOperation {
  NewHandlerKind kind = {};
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

struct SetHookOperation {
  HookKind kind = {};
  void Perform(ProcessState& state) const;
  OperationText Describe() const;
};

using ProcessOperation =
    std::variant<AllocateOperation, FreeOperation, ResizeOperation,
                 CommitOperation, AskOperation, EndThreadOperation,
                 GoOnInChildOperation, BurstOperation, LimitOperation,
                 SetNewHandlerOperation, SetHookOperation>;

ProcessOperation ReadProcessOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROCESS_OPERATIONS_H_
