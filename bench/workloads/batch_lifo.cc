// A batch of blocks, the last one freed first.
//
// Pattern: 1000 blocks of 64 bytes, freed from the last to the first: what
//   nested calls do. The friendliest order for a stack of free blocks.
// Source: none is needed; Wilson et al., "Dynamic Storage Allocation: A Survey
//   and Critical Review" (1995), describes such peaks and their order.

#include <algorithm>

#include "bench/workloads/batch.h"
#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

BatchOrder Descending() {
  BatchOrder order = Ascending();
  std::reverse(order.begin(), order.end());
  return order;
}

template <typename Meter>
class BatchLifo : public Batch<Meter> {
 public:
  using Shared = NothingShared;
  BatchLifo(Context<Meter>& context, Shared&)
      : Batch<Meter>(context, Descending()) {}
};

}  // namespace

HEADROOM_WORKLOAD(batch_lifo) = {
    .name = "batch_lifo",
    .pattern = "local",
    .about = "1000 blocks of 64 bytes, freed last first",
    .source =
        "order of frees in Wilson et al., Dynamic Storage Allocation (1995)",
    .throughput = kThroughputOf<BatchLifo>,
    .latency = kLatencyOf<BatchLifo>,
};

}  // namespace headroom
