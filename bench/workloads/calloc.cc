// Blocks that must be zero.
//
// Pattern: calloc of 16 bytes to 128 KiB, each power of two as likely; 256 live
//   ones a thread, random ones replaced. What was used before must be cleared.
// Source: the sizes are ours; most C programs allocate tables so.
#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct MakeZeroed {
  explicit MakeZeroed(Dice&) {}
  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice& dice) {
    return blocks.NewZeroed(dice.PowersBetween(4, 17));
  }
};

template <typename Meter>
using Calloc = RandomReplacement<Meter, MakeZeroed, 256>;

}  // namespace

HEADROOM_WORKLOAD(calloc) = {
    .name = "calloc",
    .pattern = "calls",
    .about = "calloc of 16 bytes to 128 KiB, 256 live blocks",
    .source = "tables as C programs allocate them; parameters of our own",
    .throughput = kThroughputOf<Calloc>,
    .latency = kLatencyOf<Calloc>,
};

}  // namespace headroom
