#include "fuzz/threads/threads_operations.h"

#include <utility>

namespace headroom {
namespace {

// Most are small: threads meet in the caches and central lists.
uint32_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 160) return kind;
  if (kind < 224) return bytes.TwoBytes() % 4096;
  if (kind < 240) return bytes.TwoBytes();
  if (kind < 254) return (kind - 239u) * 9000;
  return uint32_t{4} << 20 | bytes.TwoBytes();
}

Verb ReadVerb(ByteReader& bytes) {
  constexpr Verb kChoice[] = {Verb::kAllocate,
                              Verb::kAllocate,
                              Verb::kAllocate,
                              Verb::kAllocate,
                              Verb::kAllocate,
                              Verb::kAllocateZeroed,
                              Verb::kAllocateAligned,
                              Verb::kReallocate,
                              Verb::kReallocate,
                              Verb::kFree,
                              Verb::kFree,
                              Verb::kFree,
                              Verb::kFree,
                              Verb::kFreeSized,
                              Verb::kFreeSized,
                              Verb::kAskSize,
                              Verb::kPost,
                              Verb::kPost,
                              Verb::kPost,
                              Verb::kTakeAndFree,
                              Verb::kTakeAndFree,
                              Verb::kTakeAndFree,
                              Verb::kTakeAndKeep,
                              Verb::kReadStatistics,
                              Verb::kScavenge,
                              Verb::kReleaseMemory,
                              Verb::kPassTime,
                              Verb::kPassTime,
                              Verb::kEndThread,
                              Verb::kEndThread,
                              Verb::kDie,
                              Verb::kFork};
  return kChoice[bytes.Byte() % std::size(kChoice)];
}

Step ReadStep(ByteReader& bytes) {
  Step step{};
  step.verb = ReadVerb(bytes);
  // Mostly once; what looks at the whole heap, always.
  const uint8_t count = bytes.Byte();
  step.count = count < 128 ? 1 : count % 64;
  switch (step.verb) {
    case Verb::kAllocate:
    case Verb::kAllocateZeroed:
      step.bytes = ReadSize(bytes);
      break;
    case Verb::kAllocateAligned:
    case Verb::kReallocate:
      step.index = bytes.Byte();
      step.bytes = ReadSize(bytes);
      break;
    case Verb::kFree:
    case Verb::kFreeSized:
    case Verb::kAskSize:
    case Verb::kPost:
    case Verb::kTakeAndFree:
    case Verb::kTakeAndKeep:
      step.index = static_cast<uint16_t>(bytes.TwoBytes());
      break;
    case Verb::kPassTime:
      step.count = 1;
      step.bytes = bytes.TwoBytes() % 2048;
      break;
    default:
      step.count = 1;
      step.bytes = bytes.Byte() * 4096u + 1;
  }
  return step;
}

BurstOperation ReadBurst(ByteReader& bytes) {
  BurstOperation burst;
  const uint8_t kind = bytes.Byte();
  burst.first = kind % 8;
  burst.scripts.resize(2 + kind / 8 % 7);
  for (Script& script : burst.scripts) {
    script.steps.resize(1 + bytes.Byte() % 8);
    for (Step& step : script.steps) step = ReadStep(bytes);
  }
  return burst;
}

}  // namespace

ThreadsOperation ReadThreadsOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (const uint8_t kind = bytes.Byte(); kind % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      return ReadBurst(bytes);
    case 4:
    case 5:
      return HandOverOperation{bytes.Byte() % 8u, bytes.Byte(),
                               bytes.Byte() % 8u};
    case 6:
      return RefuseLaterOperation{bytes.Byte() % 16u, bytes.Byte() % 8u};
    default: {
      const Step step = ReadStep(bytes);
      return StepOperation{kind / 16 % 8u, step.verb, step.count, step.index,
                           step.bytes};
    }
  }
}

}  // namespace headroom
