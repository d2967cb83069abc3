// A trace, made ready to be replayed at full speed.
//
// Role: proves that a replay comes to its end (each block is begun before it is
//   ended, and ended once, in whatever order the threads run), and gives each
//   block a place for its pointer that no other needs at the time.
// Takes from: trace. Gives to: player.
// Invariant: a step that waits names a step that publishes.
#ifndef BENCH_REPLAY_PLAN_H_
#define BENCH_REPLAY_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

struct Step {
  static constexpr uint32_t kNobody = ~uint32_t{0};

  uint64_t bytes = 0;       // of the block that begins
  uint32_t ended_slot = 0;  // where pointers are
  uint32_t begun_slot = 0;
  uint32_t wait_thread = kNobody;  // which has to have done
  uint32_t wait_steps = 0;         // so many steps
  TracedCall call = TracedCall::kMalloc;
  uint8_t alignment_log2 = 0;
  bool publishes = false;  // somebody waits for it
};

struct Plan {
  std::vector<std::vector<Step>> threads;
  uint32_t slots = 0;
  uint64_t begins = 0;               // steps that begin a block
  std::vector<uint32_t> left_slots;  // of blocks that nobody ends
};

// An error says what is wrong with the trace.
absl::StatusOr<Plan> MakePlan(const Trace& trace);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_PLAN_H_
