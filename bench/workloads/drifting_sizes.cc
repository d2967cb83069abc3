// A long run whose sizes drift, so that holes do not fit what comes next.
//
// Pattern: 5000 blocks a thread, random ones replaced. Sizes begin at 16 to 64
//   bytes, double every 10,000 replacements up to 1 to 4 KiB, and halve again:
//   a seventh of the blocks of each phase is still there in the next. Look at
//   peak RSS, and RSS over time.
// Source: phases, and survivors that pin the pages of an earlier one, are what
//   fragments a heap: Johnstone and Wilson, "The Memory Fragmentation Problem:
//   Solved?", ISMM 1998; the parameters are ours.
#include <cstdint>

#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

class MakeDrifting {
 public:
  explicit MakeDrifting(Dice&) {}
  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice& dice) {
    const uint32_t phase = made_++ / kPhase % (2 * kTop);
    const uint32_t doubled = phase < kTop ? phase : 2 * kTop - phase;
    return blocks.New(dice.Between(16u << doubled, 64u << doubled));
  }

 private:
  static constexpr uint32_t kPhase = 10000;
  static constexpr uint32_t kTop = 6;

  uint32_t made_ = 0;
};

template <typename Meter>
using DriftingSizes = RandomReplacement<Meter, MakeDrifting, 5000>;

}  // namespace

HEADROOM_WORKLOAD(drifting_sizes) = {
    .name = "drifting_sizes",
    .pattern = "memory",
    .about =
        "5000 live blocks whose sizes drift from 16 bytes to 4 KiB and back",
    .source = "phases, Johnstone and Wilson, ISMM 1998; parameters of our own",
    .throughput = kThroughputOf<DriftingSizes>,
    .latency = kLatencyOf<DriftingSizes>,
};

}  // namespace headroom
