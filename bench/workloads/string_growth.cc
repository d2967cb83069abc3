// Strings that grow as text is appended.
//
// Pattern: 64 strings a thread, from 16 bytes to some length between 32 bytes
//   and 8 KiB, doubled by realloc.
// Source: how dynamic strings grow, e.g. Redis' sds, which doubles up to 1 MiB;
//   the lengths are ours.
#include <cstddef>
#include <cstdint>

#include "bench/workloads/growth.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

struct StringLimits {
  static constexpr uint32_t kBuffers = 64;
  static constexpr size_t kFirstBytes = 16;
  static constexpr uint32_t kLeastPower = 5;
  static constexpr uint32_t kMostPower = 13;
  static size_t Next(size_t bytes) { return 2 * bytes; }
};

template <typename Meter>
using StringGrowth = Growth<Meter, StringLimits>;

}  // namespace

HEADROOM_WORKLOAD(string_growth) = {
    .name = "string_growth",
    .pattern = "realloc",
    .about = "64 strings that double by realloc, up to 8 KiB",
    .source = "growth of dynamic strings, as in Redis",
    .throughput = kThroughputOf<StringGrowth>,
    .latency = kLatencyOf<StringGrowth>,
};

}  // namespace headroom
