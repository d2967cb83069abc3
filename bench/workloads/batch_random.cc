// A batch of blocks, freed in random order.
//
// Pattern: 1000 blocks of 64 bytes, freed in an order that is drawn once for
//   each thread, as hash tables do.
// Source: as batch_lifo.

#include "bench/workloads/batch.h"
#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
BatchOrder Shuffled(const Context<Meter>& context) {
  BatchOrder order = Ascending();
  context.NewDice().Shuffle(order);
  return order;
}

template <typename Meter>
class BatchRandom : public Batch<Meter> {
 public:
  using Shared = NothingShared;
  BatchRandom(Context<Meter>& context, Shared&)
      : Batch<Meter>(context, Shuffled(context)) {}
};

}  // namespace

HEADROOM_WORKLOAD(batch_random) = {
    .name = "batch_random",
    .pattern = "local",
    .about = "1000 blocks of 64 bytes, freed in random order",
    .source =
        "order of frees in Wilson et al., Dynamic Storage Allocation (1995)",
    .quick = true,
    .throughput = kThroughputOf<BatchRandom>,
    .latency = kLatencyOf<BatchRandom>,
};

}  // namespace headroom
