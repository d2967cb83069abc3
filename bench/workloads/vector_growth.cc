// Vectors that grow as elements are appended.
//
// Pattern: 8 vectors a thread, from 64 bytes to some length between 4 KiB and
//   4 MiB, half as long again at each realloc.
// Source: the growth factor of folly's fbvector, which grows in place where the
//   allocator can; the lengths are ours.
#include <cstddef>
#include <cstdint>

#include "bench/workloads/growth.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct VectorLimits {
  static constexpr uint32_t kBuffers = 8;
  static constexpr size_t kFirstBytes = 64;
  static constexpr uint32_t kLeastPower = 12;
  static constexpr uint32_t kMostPower = 22;
  static size_t Next(size_t bytes) { return bytes + bytes / 2; }
};

template <typename Meter>
using VectorGrowth = Growth<Meter, VectorLimits>;

}  // namespace

HEADROOM_WORKLOAD(vector_growth) = {
    .name = "vector_growth",
    .pattern = "realloc",
    .about = "8 vectors that grow by half by realloc, up to 4 MiB",
    .source = "growth factor of folly::fbvector",
    .throughput = kThroughputOf<VectorGrowth>,
    .latency = kLatencyOf<VectorGrowth>,
};

}  // namespace headroom
