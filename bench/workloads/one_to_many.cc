// One thread allocates, all others free: producers and consumers.
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
  static int Producers(int) { return 1; }
  static bool Produces(int index) { return index == 0; }
};

template <typename Meter>
using OneToMany = ProducersToConsumers<Meter, Roles>;

}  // namespace

HEADROOM_WORKLOAD(one_to_many) = {
    .name = "one_to_many",
    .pattern = "hand-over",
    .about = "one thread allocates what all others free",
    .source = "xmalloc-test, Lever and Boreham, USENIX 2000",
    .least_threads = 2,
    .throughput = kThroughputOf<OneToMany>,
    .latency = kLatencyOf<OneToMany>,
};

}  // namespace headroom
