// The instructions of the damage fuzzer, and how bytes become instructions.
//
// Role: each is a small struct with Perform(state). ReadDamageOperation never
//   fails: any bytes are a program.
// Takes from: damage_state, byte_reader. Gives to: damage_fuzzer.
#ifndef FUZZ_DAMAGE_DAMAGE_OPERATIONS_H_
#define FUZZ_DAMAGE_DAMAGE_OPERATIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "fuzz/damage/damage_state.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/world/world_text.h"

namespace headroom {

struct HoldOperation {
  uint32_t count;
  Origin origin;
  size_t alignment;
  size_t bytes;
  void Perform(DamageState& state) const {
    for (uint32_t i = 0; i < count; ++i) {
      state.Allocate(origin, alignment, bytes);
    }
  }
  OperationText Describe() const {
    return {"HoldOperation",
            {{"count", count},
             {"origin", origin},
             {"alignment", alignment},
             {"bytes", bytes}}};
  }
};

struct HoldZeroedOperation {
  size_t bytes;
  void Perform(DamageState& state) const { state.AllocateZeroed(bytes); }
  OperationText Describe() const {
    return {"HoldZeroedOperation", {{"bytes", bytes}}};
  }
};

struct ResizeOperation {
  size_t index;
  size_t bytes;
  void Perform(DamageState& state) const { state.Reallocate(index, bytes); }
  OperationText Describe() const {
    return {"ResizeOperation", {{"index", index}, {"bytes", bytes}}};
  }
};

struct DropOperation {
  uint32_t count;
  size_t first;
  size_t step;
  bool sized;
  void Perform(DamageState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.Free(first + i * step, sized);
  }
  OperationText Describe() const {
    return {
        "DropOperation",
        {{"count", count}, {"first", first}, {"step", step}, {"sized", sized}}};
  }
};

struct AskSizeOperation {
  size_t index;
  void Perform(DamageState& state) const { state.AskSize(index); }
  OperationText Describe() const {
    return {"AskSizeOperation", {{"index", index}}};
  }
};

enum class BadCall : uint8_t {
  kWrongSize,
  kAsAnother,
  kInside,
  kAgain,
  kWrongAlignment,
};
std::string Expression(BadCall call);

struct BadCallOperation {
  BadCall call;
  size_t index;
  size_t amount;
  void Perform(DamageState& state) const {
    switch (call) {
      case BadCall::kWrongSize:
        return state.FreeWithWrongSize(index, amount);
      case BadCall::kAsAnother:
        return state.FreeAsAnother(index);
      case BadCall::kInside:
        return state.FreeInside(index, amount);
      case BadCall::kAgain:
        return state.FreeAgain(index);
      case BadCall::kWrongAlignment:
        return state.FreeWithWrongAlignment(index, amount);
    }
  }
  OperationText Describe() const {
    return {"BadCallOperation",
            {{"call", call}, {"index", index}, {"amount", amount}}};
  }
};

struct OverwriteOperation {
  DamageState::Place place;
  size_t index;
  ptrdiff_t offset;
  std::array<char, 64> bytes;
  size_t count;
  void Perform(DamageState& state) const {
    state.Overwrite(place, index, offset, std::span(bytes).first(count));
  }
  OperationText Describe() const {
    return {"OverwriteOperation",
            {{"place", place},
             {"index", index},
             {"offset", offset},
             {"bytes", bytes},
             {"count", count}}};
  }
};

struct ReplayOperation {
  DamageState::Place place;
  size_t index;
  DamageState::Word word;
  size_t from;
  void Perform(DamageState& state) const {
    state.Replay(place, index, word, from);
  }
  OperationText Describe() const {
    return {
        "ReplayOperation",
        {{"place", place}, {"index", index}, {"word", word}, {"from", from}}};
  }
};

// What else happens in a program's life.
enum class Event : uint8_t {
  kSwitchThread,
  kEndThread,
  kPassTime,
  kReleaseMemory,
};
std::string Expression(Event event);

struct LifeOperation {
  Event event;
  uint32_t amount;
  void Perform(DamageState& state) const {
    switch (event) {
      case Event::kSwitchThread:
        return state.SwitchThread(amount);
      case Event::kEndThread:
        return state.EndThread();
      case Event::kPassTime:
        return state.PassTime(amount * 16);
      case Event::kReleaseMemory:
        return state.ReleaseMemory();
    }
  }
  OperationText Describe() const {
    return {"LifeOperation", {{"event", event}, {"amount", amount}}};
  }
};

using DamageOperation =
    std::variant<HoldOperation, HoldZeroedOperation, ResizeOperation,
                 DropOperation, AskSizeOperation, BadCallOperation,
                 OverwriteOperation, ReplayOperation, LifeOperation>;

DamageOperation ReadDamageOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_DAMAGE_DAMAGE_OPERATIONS_H_
