// A table of live blocks, of which a random one is replaced again and again.
//
// Pattern: 10,000 blocks a thread, sizes from 16 to 1040 bytes, each as likely;
//   free one at random, allocate another in its place.
// Source: the common core of larson, mstress and rptest of mimalloc-bench,
//   without a second thread; the cache misses of a real heap are in it.
#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct MakeBlock {
  explicit MakeBlock(Dice&) {}
  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice& dice) {
    return blocks.New(dice.Between(16, 1040));
  }
};

template <typename Meter>
using WorkingSet = RandomReplacement<Meter, MakeBlock, 10000>;

}  // namespace

HEADROOM_WORKLOAD(working_set) = {
    .name = "working_set",
    .pattern = "local",
    .about = "10,000 live blocks of 16 to 1040 bytes, random ones replaced",
    .source = "core of larson, mstress and rptest (mimalloc-bench), local",
    .throughput = kThroughputOf<WorkingSet>,
    .latency = kLatencyOf<WorkingSet>,
};

}  // namespace headroom
