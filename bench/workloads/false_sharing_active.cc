// Does the allocator put two threads' objects into one cache line?
//
// Pattern: each thread allocates an object of 8 bytes, writes to it 1000 times
//   and frees it. Lines that threads share make the writes slow.
// Source: cache-thrash of Berger et al. (Hoard), ASPLOS 2000, section on
//   actively induced false sharing; run as "cache-thrash N 1000 8 1000000".
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"
#include "bench/workloads/write_to_objects.h"

namespace headroom {
namespace {

template <typename Meter>
class FalseSharingActive {
 public:
  using Shared = NothingShared;
  FalseSharingActive(Context<Meter>& context, Shared&) : context_(context) {}

  void Run() { WriteToObjects(context_); }

 private:
  Context<Meter>& context_;
};

}  // namespace

HEADROOM_WORKLOAD(false_sharing_active) = {
    .name = "false_sharing_active",
    .pattern = "false sharing",
    .about =
        "objects of 8 bytes, each written 1000 times: lines shared by threads "
        "cost",
    .source = "cache-thrash, Berger et al. (Hoard), ASPLOS 2000",
    .throughput = kThroughputOf<FalseSharingActive>,
    .latency = kLatencyOf<FalseSharingActive>,
};

}  // namespace headroom
