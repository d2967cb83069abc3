// One step of a thread: what it does, how often, and with what.
//
// Takes from: operation_text. Gives to: thread_life, threads_operations.
#ifndef FUZZ_THREADS_STEP_H_
#define FUZZ_THREADS_STEP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/engine/operation_text.h"

namespace headroom {

enum class Verb : uint8_t {
  kAllocate,         // `bytes`
  kAllocateZeroed,   // `bytes`
  kAllocateAligned,  // `bytes`, at 16 << index % 8
  kReallocate,       // own block `index`, to `bytes`
  kFree,             // own block `index`
  kFreeSized,
  kAskSize,
  kPost,         // own block `index` becomes anybody's
  kTakeAndFree,  // a posted one
  kTakeAndKeep,
  kReadStatistics,
  kScavenge,
  kReleaseMemory,
  kPassTime,   // `bytes` milliseconds
  kEndThread,  // and a new one takes its place
  kDie,        // the calls that follow have no cache, until kEndThread
  kFork,
};
inline constexpr size_t kVerbs = 17;

struct Step {
  Verb verb;
  uint8_t count;  // times, on one block after the other
  uint16_t index;
  uint32_t bytes;
};

// What one thread does in a burst.
struct Script {
  std::vector<Step> steps;
};

std::string Expression(Verb verb);
std::string Expression(const std::vector<Script>& scripts);

}  // namespace headroom

#endif  // FUZZ_THREADS_STEP_H_
