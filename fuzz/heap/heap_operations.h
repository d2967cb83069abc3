// The instructions of the heap fuzzer, and how bytes become instructions.
//
// Role: each is a small struct with Perform(state). ReadHeapOperation never
//   fails: any bytes are a program.
// Takes from: heap_state, byte_reader. Gives to: heap_fuzzer.
#ifndef FUZZ_HEAP_HEAP_OPERATIONS_H_
#define FUZZ_HEAP_HEAP_OPERATIONS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/heap/heap_state.h"
#include "fuzz/world/world_operations.h"
#include "fuzz/world/world_text.h"

namespace headroom {

struct AllocateOperation {
  Origin origin;
  size_t bytes;
  void Perform(HeapState& state) const { state.Allocate(origin, bytes); }
  OperationText Describe() const {
    return {"AllocateOperation", {{"origin", origin}, {"bytes", bytes}}};
  }
};

struct AllocateZeroedOperation {
  size_t bytes;
  void Perform(HeapState& state) const { state.AllocateZeroed(bytes); }
  OperationText Describe() const {
    return {"AllocateZeroedOperation", {{"bytes", bytes}}};
  }
};

struct AllocateAlignedOperation {
  Origin origin;
  size_t alignment;
  size_t bytes;
  void Perform(HeapState& state) const {
    state.AllocateAligned(origin, alignment, bytes);
  }
  OperationText Describe() const {
    return {"AllocateAlignedOperation",
            {{"origin", origin}, {"alignment", alignment}, {"bytes", bytes}}};
  }
};

// Many at once, so that a short input fills magazines, batches and spans.
struct AllocateManyOperation {
  uint32_t count;
  size_t bytes;
  void Perform(HeapState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.Allocate(Origin::kNew, bytes);
  }
  OperationText Describe() const {
    return {"AllocateManyOperation", {{"count", count}, {"bytes", bytes}}};
  }
};

struct ReallocateOperation {
  size_t index;
  size_t bytes;
  void Perform(HeapState& state) const { state.Reallocate(index, bytes); }
  OperationText Describe() const {
    return {"ReallocateOperation", {{"index", index}, {"bytes", bytes}}};
  }
};

struct FreeOperation {
  size_t index;
  void Perform(HeapState& state) const { state.Free(index); }
  OperationText Describe() const {
    return {"FreeOperation", {{"index", index}}};
  }
};

struct FreeSizedOperation {
  size_t index;
  HeapState::Said said;
  size_t more;
  void Perform(HeapState& state) const { state.FreeSized(index, said, more); }
  OperationText Describe() const {
    return {"FreeSizedOperation",
            {{"index", index}, {"said", said}, {"more", more}}};
  }
};

struct TryAllocateOperation {
  size_t bytes;
  void Perform(HeapState& state) const { state.TryAllocate(bytes); }
  OperationText Describe() const {
    return {"TryAllocateOperation", {{"bytes", bytes}}};
  }
};

// One block, resized again and again: to so many 64ths of what it is.
// Until so much may have been copied: with a tail, each step copies the block.
struct ResizeByStepsOperation {
  static constexpr size_t kMostCopiedBytes = size_t{6} << 20;
  size_t index;
  size_t bytes;
  uint32_t steps;
  uint32_t factor;
  void Perform(HeapState& state) const {
    size_t at = index;
    size_t size = bytes;
    size_t left = kMostCopiedBytes;
    for (uint32_t i = 0; i < steps && left > 0; ++i) {
      at = state.Reallocate(at, size);
      left -= std::min(left, size);
      size = size * factor / 64 + factor % 16;
    }
  }
  OperationText Describe() const {
    return {"ResizeByStepsOperation",
            {{"index", index},
             {"bytes", bytes},
             {"steps", steps},
             {"factor", factor}}};
  }
};

struct AskSizeOperation {
  size_t index;
  void Perform(HeapState& state) const { state.AskSize(index); }
  OperationText Describe() const {
    return {"AskSizeOperation", {{"index", index}}};
  }
};

struct ReadStatisticsOperation {
  void Perform(HeapState& state) const { state.ReadStatistics(); }
  OperationText Describe() const { return {"ReadStatisticsOperation", {}}; }
};

struct AllocateResourceOperation {
  size_t alignment;
  size_t bytes;
  void Perform(HeapState& state) const {
    state.AllocateResource(alignment, bytes);
  }
  OperationText Describe() const {
    return {"AllocateResourceOperation",
            {{"alignment", alignment}, {"bytes", bytes}}};
  }
};

struct FreeResourceOperation {
  size_t index;
  void Perform(HeapState& state) const { state.FreeResource(index); }
  OperationText Describe() const {
    return {"FreeResourceOperation", {{"index", index}}};
  }
};

struct UseContainerOperation {
  uint32_t kind;
  uint32_t count;
  void Perform(HeapState& state) const { state.UseContainer(kind, count); }
  OperationText Describe() const {
    return {"UseContainerOperation", {{"kind", kind}, {"count", count}}};
  }
};

// Blocks `step` apart in the model's order, whoever allocated them.
struct FreeManyOperation {
  uint32_t count;
  size_t first;
  size_t step;
  void Perform(HeapState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.Free(first + i * step);
  }
  OperationText Describe() const {
    return {"FreeManyOperation",
            {{"count", count}, {"first", first}, {"step", step}}};
  }
};

struct SwitchThreadOperation {
  size_t thread;
  void Perform(HeapState& state) const { state.SwitchThread(thread); }
  OperationText Describe() const {
    return {"SwitchThreadOperation", {{"thread", thread}}};
  }
};

struct EndThreadOperation {
  bool dying;
  void Perform(HeapState& state) const { state.EndThread(dying); }
  OperationText Describe() const {
    return {"EndThreadOperation", {{"dying", dying}}};
  }
};

struct ScavengeOperation {
  bool all;
  void Perform(HeapState& state) const {
    state.under_test().central.Scavenge(all);
  }
  OperationText Describe() const {
    return {"ScavengeOperation", {{"all", all}}};
  }
};

struct ReleaseMemoryOperation {
  size_t bytes;
  void Perform(HeapState& state) const { state.ReleaseMemory(bytes); }
  OperationText Describe() const {
    return {"ReleaseMemoryOperation", {{"bytes", bytes}}};
  }
};

struct ForeignGrowOperation {
  size_t bytes;
  void Perform(HeapState& state) const {
    state.under_test().os.ForeignGrow(bytes);
  }
  OperationText Describe() const {
    return {"ForeignGrowOperation", {{"bytes", bytes}}};
  }
};

using HeapOperation =
    std::variant<AllocateOperation, AllocateZeroedOperation,
                 AllocateAlignedOperation, AllocateManyOperation,
                 ReallocateOperation, FreeOperation, FreeSizedOperation,
                 FreeManyOperation, SwitchThreadOperation, EndThreadOperation,
                 ScavengeOperation, ReleaseMemoryOperation, PassTimeOperation,
                 RefuseLaterOperation, ForeignGrowOperation,
                 TryAllocateOperation, ResizeByStepsOperation, AskSizeOperation,
                 ReadStatisticsOperation, AllocateResourceOperation,
                 FreeResourceOperation, UseContainerOperation>;

HeapOperation ReadHeapOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_HEAP_HEAP_OPERATIONS_H_
