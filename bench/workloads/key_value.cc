// The items of a key-value store.
//
// Pattern: 10,000 items a thread, of which random ones are replaced; an item is
//   one block: a head of 48 bytes, a key and a value.
// Source: Atikoglu et al., "Workload Analysis of a Large-Scale Key-Value
//   Store", SIGMETRICS 2012, the pool ETC: key sizes are GEV(30.7984, 8.20449,
//   0.078688), value sizes generalized Pareto(0, 214.476, 0.348238). Its table
//   for values below 16 bytes is left out.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/size_sequence.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

constexpr double kHeadBytes = 48;

// Inverses of the distribution functions, for 0 < u < 1.
double KeyBytes(double u) {
  constexpr double kLocation = 30.7984;
  constexpr double kScale = 8.20449;
  constexpr double kShape = 0.078688;
  return kLocation + kScale / kShape * (std::pow(-std::log(u), -kShape) - 1);
}
double ValueBytes(double u) {
  constexpr double kScale = 214.476;
  constexpr double kShape = 0.348238;
  return kScale / kShape * (std::pow(1 - u, -kShape) - 1);
}

size_t DrawBytes(Dice& dice) {
  constexpr uint32_t kSteps = 1u << 24;
  constexpr double kMostKey = 250;            // memcached's limit
  constexpr double kMostValue = 1024 * 1024;  // and its largest value
  const auto u = [&dice] { return (dice.Roll(kSteps) + 0.5) / kSteps; };
  return static_cast<size_t>(kHeadBytes +
                             std::clamp(KeyBytes(u()), 1.0, kMostKey) +
                             std::min(ValueBytes(u()), kMostValue));
}

class MakeItem {
 public:
  explicit MakeItem(Dice& dice) : sizes_([&dice] { return DrawBytes(dice); }) {}
  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice&) {
    return blocks.New(sizes_.Next());
  }

 private:
  SizeSequence sizes_;
};

template <typename Meter>
using KeyValue = RandomReplacement<Meter, MakeItem, 10000>;

}  // namespace

HEADROOM_WORKLOAD(key_value) = {
    .name = "key_value",
    .pattern = "sizes",
    .about = "items of a key-value store, 10,000 live, random ones replaced",
    .source = "pool ETC of Atikoglu et al., SIGMETRICS 2012",
    .throughput = kThroughputOf<KeyValue>,
    .latency = kLatencyOf<KeyValue>,
};

}  // namespace headroom
