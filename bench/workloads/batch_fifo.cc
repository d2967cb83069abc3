// A batch of blocks, freed in the order in which they came.
//
// Pattern: 1000 blocks of 64 bytes, then free in the same order, as queues and
//   lists do.
// Source: Hoard's threadtest (Berger et al., ASPLOS 2000) has this order; see
//   also Wilson et al., "Dynamic Storage Allocation" (1995).

#include "bench/workloads/batch.h"
#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class BatchFifo : public Batch<Meter> {
 public:
  using Shared = NothingShared;
  BatchFifo(Context<Meter>& context, Shared&)
      : Batch<Meter>(context, Ascending()) {}
};

}  // namespace

HEADROOM_WORKLOAD(batch_fifo) = {
    .name = "batch_fifo",
    .pattern = "local",
    .about = "1000 blocks of 64 bytes, freed first first",
    .source =
        "order of frees in Wilson et al., Dynamic Storage Allocation (1995)",
    .throughput = kThroughputOf<BatchFifo>,
    .latency = kLatencyOf<BatchFifo>,
};

}  // namespace headroom
