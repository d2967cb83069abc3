// Blocks of 64 KiB to 64 MiB.
//
// Pattern: two live ones a thread, a random one is replaced; every power of two
//   is as likely, and a byte of each page is written. The kernel's part of the
//   work, page faults above all, is in it.
// Source: the range of malloc-large of mimalloc-bench (blocks of 5 to 25 MiB),
//   widened to both sides.
#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct MakeLarge {
  explicit MakeLarge(Dice&) {}
  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice& dice) {
    return blocks.New(dice.PowersBetween(16, 26));
  }
};

template <typename Meter>
using LargeBlocks = RandomReplacement<Meter, MakeLarge, /*kBlocks=*/2,
                                      /*kReplacementsPerRound=*/1>;

}  // namespace

HEADROOM_WORKLOAD(large_blocks) = {
    .name = "large_blocks",
    .pattern = "large",
    .about = "blocks of 64 KiB to 64 MiB, two live ones a thread",
    .source = "range of malloc-large (mimalloc-bench), widened",
    .quick = true,
    .throughput = kThroughputOf<LargeBlocks>,
    .latency = kLatencyOf<LargeBlocks>,
};

}  // namespace headroom
