// The instructions of the guard pool's fuzzer, and how bytes become
// instructions.
//
// Role: each is a small struct with Perform(state). ReadGuardPoolOperation
//   never fails: any bytes are a program.
// Takes from: guard_pool_state, byte_reader. Gives to: guard_pool_fuzzer.
#ifndef FUZZ_GUARD_POOL_GUARD_POOL_OPERATIONS_H_
#define FUZZ_GUARD_POOL_GUARD_POOL_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/guard_pool/guard_pool_state.h"
#include "fuzz/world/world_operations.h"

namespace headroom {

struct AllocateOperation {
  uint32_t count;
  size_t bytes;
  size_t alignment;
  void Perform(GuardPoolState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.Allocate(bytes, alignment);
  }
  OperationText Describe() const {
    return {"AllocateOperation",
            {{"count", count}, {"bytes", bytes}, {"alignment", alignment}}};
  }
};

// Blocks `step` apart in the order of their addresses.
struct FreeOperation {
  uint32_t count;
  size_t first;
  size_t step;
  void Perform(GuardPoolState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.FreeLive(first + i * step);
  }
  OperationText Describe() const {
    return {"FreeOperation",
            {{"count", count}, {"first", first}, {"step", step}}};
  }
};

struct FreeAtOperation {
  GuardPoolState::Origin origin;
  size_t index;
  ptrdiff_t offset;
  void Perform(GuardPoolState& state) const {
    state.FreeAt(origin, index, offset);
  }
  OperationText Describe() const {
    return {"FreeAtOperation",
            {{"origin", origin}, {"index", index}, {"offset", offset}}};
  }
};

struct LookOperation {
  GuardPoolState::Origin origin;
  size_t index;
  ptrdiff_t offset;
  void Perform(GuardPoolState& state) const {
    state.Look(origin, index, offset);
  }
  OperationText Describe() const {
    return {"LookOperation",
            {{"origin", origin}, {"index", index}, {"offset", offset}}};
  }
};

struct OverrunOperation {
  size_t index;
  size_t offset;
  uint8_t bits;
  void Perform(GuardPoolState& state) const {
    state.Overrun(index, offset, bits);
  }
  OperationText Describe() const {
    return {"OverrunOperation",
            {{"index", index}, {"offset", offset}, {"bits", bits}}};
  }
};

struct RefuseKindOperation {
  OsCall call;
  uint32_t skip;
  uint32_t count;
  void Perform(GuardPoolState& state) const {
    state.RefuseKind(call, skip, count);
  }
  OperationText Describe() const {
    return {"RefuseKindOperation",
            {{"call", call}, {"skip", skip}, {"count", count}}};
  }
};

struct ForkOperation {
  bool in_child;
  void Perform(GuardPoolState& state) const { state.Fork(in_child); }
  OperationText Describe() const {
    return {"ForkOperation", {{"in_child", in_child}}};
  }
};

struct SampleOperation {
  uint64_t seed;
  uint32_t every;
  uint32_t count;
  void Perform(GuardPoolState& state) const {
    state.Sample(seed, every, count);
  }
  OperationText Describe() const {
    return {"SampleOperation",
            {{"seed", seed}, {"every", every}, {"count", count}}};
  }
};

using GuardPoolOperation =
    std::variant<AllocateOperation, FreeOperation, FreeAtOperation,
                 LookOperation, OverrunOperation, RefuseLaterOperation,
                 RefuseKindOperation, ForkOperation, SampleOperation>;

GuardPoolOperation ReadGuardPoolOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_GUARD_POOL_GUARD_POOL_OPERATIONS_H_
