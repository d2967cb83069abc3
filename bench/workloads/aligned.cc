// Blocks that want more than the usual alignment.
//
// Pattern: posix_memalign to 32 to 4096 bytes, each power as likely, for blocks
//   of 1 to 2048 bytes; 1000 live ones a thread, random ones replaced.
// Source: what vector code (32, 64), lock-free queues (64, 128) and direct I/O
//   (512, 4096) ask for; the mix is ours.
#include <cstddef>

#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct MakeAligned {
  explicit MakeAligned(Dice&) {}
  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice& dice) {
    const size_t alignment = size_t{1} << dice.Between(5, 12);
    return blocks.NewAligned(alignment, dice.Between(1, 2048));
  }
};

template <typename Meter>
using Aligned = RandomReplacement<Meter, MakeAligned, 1000>;

}  // namespace

HEADROOM_WORKLOAD(aligned) = {
    .name = "aligned",
    .pattern = "calls",
    .about = "posix_memalign to 32 to 4096 bytes, 1000 live blocks",
    .source = "alignments of vector code, queues and direct I/O",
    .throughput = kThroughputOf<Aligned>,
    .latency = kLatencyOf<Aligned>,
};

}  // namespace headroom
