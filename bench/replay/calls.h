// Carries out a step: a call of malloc's family, at full speed.
//
// Role: what a player does between its waits. A Meter is NoMeter or
//   LatencyMeter. Every block is touched at both ends.
// Takes from: malloc, whichever is preloaded; plan, latency_meter. Gives to:
//   player, checked_calls.
#ifndef BENCH_REPLAY_CALLS_H_
#define BENCH_REPLAY_CALLS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "bench/measure/latency_meter.h"
#include "bench/replay/plan.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

// What is wrong when the malloc refuses; the player says how much it was.
inline constexpr char kNoMemory[] = "no memory";

inline void* BeginBlock(const Step& step) {
  switch (step.call) {
    case TracedCall::kCalloc:
      return calloc(1, step.bytes);
    case TracedCall::kAligned: {
      void* block = nullptr;
      const size_t alignment =
          std::max(size_t{1} << step.alignment_log2, sizeof(void*));
      return posix_memalign(&block, alignment, step.bytes) == 0 ? block
                                                                : nullptr;
    }
    default:
      return malloc(step.bytes);
  }
}

template <typename Meter>
class Calls {
 public:
  Calls(std::vector<void*>& pointers, Meter& meter)
      : pointers_(pointers), meter_(meter) {}

  // What the malloc got wrong, or null.
  const char* Do(const Step& step) {
    if (step.call == TracedCall::kFree) {
      meter_.template Time<Call::kFree>([&] {
        free(pointers_[step.ended_slot]);
        return true;
      });
      return nullptr;
    }
    void* block =
        step.call == TracedCall::kRealloc
            ? meter_.template Time<Call::kRealloc>([&] {
                return realloc(pointers_[step.ended_slot], step.bytes);
              })
            : meter_.template Time<Call::kMalloc>(
                  [&] { return BeginBlock(step); });
    if (block == nullptr) return kNoMemory;
    Touch(block, step.bytes);
    pointers_[step.begun_slot] = block;
    return nullptr;
  }

 private:
  static void Touch(void* block, uint64_t bytes) {
    if (bytes == 0) return;
    auto* start = static_cast<volatile unsigned char*>(block);
    start[0] = 1;
    start[bytes - 1] = 1;
  }

  std::vector<void*>& pointers_;
  Meter& meter_;
};

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_CALLS_H_
