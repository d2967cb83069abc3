// All threads but one allocate, that one frees: producers and consumers.
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
  static int Producers(int threads) { return threads - 1; }
  static bool Produces(int index) { return index != 0; }
};

template <typename Meter>
using ManyToOne = ProducersToConsumers<Meter, Roles>;

}  // namespace

HEADROOM_WORKLOAD(many_to_one) = {
    .name = "many_to_one",
    .pattern = "hand-over",
    .about = "all threads but one allocate what that one frees",
    .source = "xmalloc-test, Lever and Boreham, USENIX 2000",
    .least_threads = 2,
    .throughput = kThroughputOf<ManyToOne>,
    .latency = kLatencyOf<ManyToOne>,
};

}  // namespace headroom
