// One block, at once freed: the shortest way through an allocator.
//
// Pattern: malloc(64), free. Source: what every allocator's own benchmark
//   begins with; nothing here is ever in a second thread's hands.
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class Pair {
 public:
  using Shared = NothingShared;
  Pair(Context<Meter>& context, Shared&) : context_(context) {}

  void Run() {
    static constexpr size_t kBytes = 64;
    static constexpr int64_t kPairs = 100;
    context_.Repeat([&blocks = context_.blocks] {
      for (int64_t i = 0; i < kPairs; ++i) blocks.Delete(blocks.New(kBytes));
      return kPairs;
    });
  }

 private:
  Context<Meter>& context_;
};

}  // namespace

HEADROOM_WORKLOAD(pair) = {
    .name = "pair",
    .pattern = "local",
    .about = "one block of 64 bytes, freed at once",
    .source = "the micro-benchmark that allocators are first compared by",
    .quick = true,
    .throughput = kThroughputOf<Pair>,
    .latency = kLatencyOf<Pair>,
};

}  // namespace headroom
