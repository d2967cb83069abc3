// The instructions of the system heap's fuzzer, and how bytes become
// instructions.
//
// Role: each is a small struct with Perform(state). ReadSystemHeapOperation
//   never fails: any bytes are a program.
// Takes from: system_heap_state, byte_reader. Gives to: system_heap_fuzzer.
#ifndef FUZZ_SYSTEM_HEAP_SYSTEM_HEAP_OPERATIONS_H_
#define FUZZ_SYSTEM_HEAP_SYSTEM_HEAP_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/system_heap/system_heap_state.h"

namespace headroom {

std::string Expression(GrowKind kind);
std::string Expression(ReleaseMode mode);

struct GrowOperation {
  size_t bytes;
  size_t alignment;
  GrowKind kind;
  void Perform(SystemHeapState& state) const {
    state.Grow(bytes, alignment, kind);
  }
  OperationText Describe() const {
    return {"GrowOperation",
            {{"bytes", bytes}, {"alignment", alignment}, {"kind", kind}}};
  }
};

struct ReleaseOperation {
  size_t index;
  size_t first;
  size_t count;
  ReleaseMode mode;
  void Perform(SystemHeapState& state) const {
    state.Release(index, first, count, mode);
  }
  OperationText Describe() const {
    return {
        "ReleaseOperation",
        {{"index", index}, {"first", first}, {"count", count}, {"mode", mode}}};
  }
};

struct ResizeOperation {
  size_t index;
  size_t bytes;
  void Perform(SystemHeapState& state) const { state.Resize(index, bytes); }
  OperationText Describe() const {
    return {"ResizeOperation", {{"index", index}, {"bytes", bytes}}};
  }
};

// Somebody else moves the break.
enum class Mover : uint8_t { kSbrk, kRawBrk, kSbrkInARace };
std::string Expression(Mover mover);

struct ForeignOperation {
  Mover mover;
  intptr_t increment;
  void Perform(SystemHeapState& state) const {
    switch (mover) {
      case Mover::kSbrk:
        return state.ForeignSbrk(increment);
      case Mover::kRawBrk:
        return state.ForeignRawBrk(increment);
      case Mover::kSbrkInARace:
        return state.ForeignRace(increment);
    }
  }
  OperationText Describe() const {
    return {"ForeignOperation", {{"mover", mover}, {"increment", increment}}};
  }
};

// Turns one of the kernel's knobs.
enum class Knob : uint8_t {
  kSbrkWorks,
  kMapWorks,
  kUnmapWorks,
  kProtectWorks,
  kFailCall,    // the amount-th from now on; 0: none
  kDataLimit,   // so many pages more than now; 0: none
  kMapAtBreak,  // 0: the map goes away
};
std::string Expression(Knob knob);

struct KernelOperation {
  Knob knob;
  uint32_t amount;
  void Perform(SystemHeapState& state) const;
  OperationText Describe() const {
    return {"KernelOperation", {{"knob", knob}, {"amount", amount}}};
  }
};

using SystemHeapOperation =
    std::variant<GrowOperation, ReleaseOperation, ResizeOperation,
                 ForeignOperation, KernelOperation>;

SystemHeapOperation ReadSystemHeapOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_SYSTEM_HEAP_SYSTEM_HEAP_OPERATIONS_H_
