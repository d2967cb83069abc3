#include "fuzz/process/process_operations.h"

#include <cstdint>
#include <iterator>

namespace headroom {
namespace {

constexpr uint64_t kGibi = uint64_t{1} << 30;

template <typename Enum, size_t kCount>
std::string NameOf(const char* type, const char* const (&names)[kCount],
                   Enum value) {
  return std::string(type) + "::" + names[static_cast<size_t>(value) % kCount];
}

uint64_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  switch (kind % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return bytes.Byte();
    case 5:
    case 6:
    case 7:
      return bytes.TwoBytes() % 4200;
    case 8:
    case 9:
      return bytes.TwoBytes();
    case 10:  // a large block
      return 32768 + bytes.TwoBytes();
    case 11:
      return bytes.TwoBytes() * 64;
    case 12:  // a mapping
      return (4u << 20) + bytes.TwoBytes() * uint64_t{64};
    case 13:
      return 16 * (kind / 16);
    default:  // what no process has
      switch (kind / 16 % 4) {
        case 0:
          return UINT64_MAX - bytes.Byte();
        case 1:
          return uint64_t{PTRDIFF_MAX} - 256 + bytes.TwoBytes() % 512;
        case 2:
          return kGibi * 1024 * 1024 * (1 + bytes.Byte());
        default:  // or hardly: a level may copy it
          return kGibi / 32 * (1 + bytes.Byte() % 8);
      }
  }
}

uint64_t ReadAlignment(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 200) return uint64_t{1} << kind % 16;
  if (kind < 225) return uint64_t{1} << kind % 64;
  return kind % 4 == 0 ? UINT64_MAX - kind : kind * uint64_t{8};
}

template <size_t kCount>
uint8_t Choose(ByteReader& bytes, const char* const (&)[kCount]) {
  return static_cast<uint8_t>(bytes.Byte() % kCount);
}

// Most are the main thread's.
uint8_t ReadThread(uint8_t byte) {
  return byte % 2 == 0 ? 0 : static_cast<uint8_t>(byte / 2 % kThreads);
}
uint8_t ReadSlot(ByteReader& bytes) {
  return static_cast<uint8_t>(bytes.Byte() % kSlots);
}

ProcessOperation ReadAllocate(uint8_t thread, ByteReader& bytes) {
  AllocateOperation operation = {.thread = thread, .slot = ReadSlot(bytes)};
  operation.make = static_cast<Make>(Choose(bytes, kMakeNames));
  operation.size = ReadSize(bytes);
  operation.alignment = ReadAlignment(bytes);
  operation.count = bytes.Byte();
  return operation;
}

ProcessOperation ReadCommit(uint8_t thread, ByteReader& bytes) {
  CommitOperation operation = {.thread = thread, .slot = ReadSlot(bytes)};
  operation.crime = static_cast<Crime>(Choose(bytes, kCrimeNames));
  operation.kind = bytes.TwoBytes();
  // So that an input can commit many.
  operation.in_child = bytes.Byte() % 8 != 0;
  operation.size = bytes.TwoBytes();
  return operation;
}

ProcessOperation ReadRare(uint8_t kind, uint8_t thread, ByteReader& bytes) {
  switch (kind % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      return EndThreadOperation{thread};
    case 4:
    case 5:
      return GoOnInChildOperation{};
    case 6: {
      const uint32_t seed = bytes.TwoBytes();
      return BurstOperation{seed, static_cast<uint8_t>(bytes.Byte() % 4)};
    }
    case 7:
    case 8:
    case 9:
    case 10: {
      const uint8_t how = bytes.Byte();
      const uint64_t more = bytes.TwoBytes() * uint64_t{32};
      return LimitOperation{how % 2 == 1, how % 4 < 2 ? more : UINT64_MAX};
    }
    case 11:
    case 12:
    case 13:
      return SetNewHandlerOperation{
          static_cast<NewHandlerKind>(Choose(bytes, kNewHandlerKindNames))};
    default:
      return SetHookOperation{
          static_cast<HookKind>(Choose(bytes, kHookKindNames))};
  }
}

}  // namespace

std::string Expression(Make make) { return NameOf("Make", kMakeNames, make); }
std::string Expression(Question question) {
  return NameOf("Question", kQuestionNames, question);
}
std::string Expression(Crime crime) {
  return NameOf("Crime", kCrimeNames, crime);
}
std::string Expression(NewHandlerKind kind) {
  return NameOf("NewHandlerKind", kNewHandlerKindNames, kind);
}
std::string Expression(HookKind kind) {
  return NameOf("HookKind", kHookKindNames, kind);
}

ProcessOperation ReadProcessOperation(ByteReader& bytes) {
  const uint8_t verb = bytes.Byte();
  const uint8_t thread = ReadThread(static_cast<uint8_t>(verb / 16));
  switch (verb % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return ReadAllocate(thread, bytes);
    case 5:
    case 6:
    case 7: {
      const uint8_t slot = ReadSlot(bytes);
      return FreeOperation{thread, slot, bytes.Byte()};
    }
    case 8:
    case 9: {
      ResizeOperation operation = {.thread = thread, .slot = ReadSlot(bytes)};
      operation.way = bytes.Byte();
      operation.size = ReadSize(bytes);
      operation.count = bytes.Byte();
      return operation;
    }
    case 10:
    case 11:
    case 12:
      return ReadCommit(thread, bytes);
    case 13: {
      AskOperation operation = {.thread = thread, .slot = ReadSlot(bytes)};
      operation.question = static_cast<Question>(Choose(bytes, kQuestionNames));
      operation.size = ReadSize(bytes);
      operation.alignment = ReadAlignment(bytes);
      return operation;
    }
    default:
      return ReadRare(bytes.Byte(), thread, bytes);
  }
}

void AllocateOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kAllocate,
             .thread = thread,
             .slot = slot,
             .kind = static_cast<uint8_t>(make),
             .detail = count,
             .size = size,
             .alignment = alignment});
}
OperationText AllocateOperation::Describe() const {
  return {"AllocateOperation",
          {{"thread", thread},
           {"slot", slot},
           {"make", make},
           {"count", count},
           {"size", size},
           {"alignment", alignment}}};
}

void FreeOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kFree, .thread = thread, .slot = slot, .kind = way});
}
OperationText FreeOperation::Describe() const {
  return {"FreeOperation", {{"thread", thread}, {"slot", slot}, {"way", way}}};
}

void ResizeOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kResize,
             .thread = thread,
             .slot = slot,
             .kind = way,
             .detail = count,
             .size = size});
}
OperationText ResizeOperation::Describe() const {
  return {"ResizeOperation",
          {{"thread", thread},
           {"slot", slot},
           {"way", way},
           {"count", count},
           {"size", size}}};
}

void CommitOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kCommit,
             .thread = thread,
             .slot = slot,
             .kind = static_cast<uint8_t>(crime),
             .detail = in_child ? kind | kInChild : kind,
             .size = size});
}
OperationText CommitOperation::Describe() const {
  return {"CommitOperation",
          {{"thread", thread},
           {"slot", slot},
           {"crime", crime},
           {"kind", kind},
           {"in_child", in_child},
           {"size", size}}};
}

void AskOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kAsk,
             .thread = thread,
             .slot = slot,
             .kind = static_cast<uint8_t>(question),
             .size = size,
             .alignment = alignment});
}
OperationText AskOperation::Describe() const {
  return {"AskOperation",
          {{"thread", thread},
           {"slot", slot},
           {"question", question},
           {"size", size},
           {"alignment", alignment}}};
}

void EndThreadOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kEndThread, .thread = thread});
}
OperationText EndThreadOperation::Describe() const {
  return {"EndThreadOperation", {{"thread", thread}}};
}

void GoOnInChildOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kGoOnInChild});
}
OperationText GoOnInChildOperation::Describe() const {
  return {"GoOnInChildOperation", {}};
}

void BurstOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kBurst, .kind = forks, .detail = seed});
}
OperationText BurstOperation::Describe() const {
  return {"BurstOperation", {{"seed", seed}, {"forks", forks}}};
}

void LimitOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kLimit, .kind = of_data, .size = more});
}
OperationText LimitOperation::Describe() const {
  return {"LimitOperation", {{"of_data", of_data}, {"more", more}}};
}

void SetNewHandlerOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kSetNewHandler, .kind = static_cast<uint8_t>(kind)});
}
OperationText SetNewHandlerOperation::Describe() const {
  return {"SetNewHandlerOperation", {{"kind", kind}}};
}

void SetHookOperation::Perform(ProcessState& state) const {
  state.Add({.verb = Verb::kSetHook, .kind = static_cast<uint8_t>(kind)});
}
OperationText SetHookOperation::Describe() const {
  return {"SetHookOperation", {{"kind", kind}}};
}

}  // namespace headroom
