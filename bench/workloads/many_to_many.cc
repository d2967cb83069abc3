// Half of the threads allocate, the other half frees: producers and consumers.
//
// Pattern: batches of blocks of 64 bytes pass through one depot.
//   Consumers never allocate, so what they free must find its way back.
// Source: xmalloc-test, Lever and Boreham, USENIX 2000 (FREENIX); see
//   producers_to_consumers.h.
#include "bench/workloads/producers_to_consumers.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct Roles {
  static int Producers(int threads) { return (threads + 1) / 2; }
  static bool Produces(int index) { return index % 2 == 0; }
};

template <typename Meter>
using ManyToMany = ProducersToConsumers<Meter, Roles>;

}  // namespace

HEADROOM_WORKLOAD(many_to_many) = {
    .name = "many_to_many",
    .pattern = "hand-over",
    .about = "half of the threads allocate what the other half frees",
    .source = "xmalloc-test, Lever and Boreham, USENIX 2000",
    .quick = true,
    .least_threads = 2,
    .throughput = kThroughputOf<ManyToMany>,
    .latency = kLatencyOf<ManyToMany>,
};

}  // namespace headroom
