// Does a free hand one thread's cache line on to another?
//
// Pattern: one thread allocates neighbouring objects of 8 bytes, one for each
//   thread, which frees it, and then does as in false_sharing_active: does it
//   get the same line again, which its neighbours have, too?
// Source: cache-scratch of Berger et al. (Hoard), ASPLOS 2000, section on
//   passively induced false sharing; run as "cache-scratch N 1000 8 1000000".
#include <cstddef>
#include <vector>

#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"
#include "bench/workloads/write_to_objects.h"

namespace headroom {
namespace {

template <typename Meter>
class FalseSharingPassive {
 public:
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : objects(static_cast<size_t>(context.threads)) {
      for (char*& object : objects) {
        object = context.blocks.New(kSharedLineBytes);
      }
    }
    std::vector<char*> objects;
  };

  FalseSharingPassive(Context<Meter>& context, Shared& shared)
      : context_(context) {
    context.blocks.Delete(shared.objects[static_cast<size_t>(context.index)]);
  }

  void Run() { WriteToObjects(context_); }

 private:
  Context<Meter>& context_;
};

}  // namespace

HEADROOM_WORKLOAD(false_sharing_passive) = {
    .name = "false_sharing_passive",
    .pattern = "false sharing",
    .about =
        "as false_sharing_active, after each thread freed an object of a "
        "shared line",
    .source = "cache-scratch, Berger et al. (Hoard), ASPLOS 2000",
    .throughput = kThroughputOf<FalseSharingPassive>,
    .latency = kLatencyOf<FalseSharingPassive>,
};

}  // namespace headroom
