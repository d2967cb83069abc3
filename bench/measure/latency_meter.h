// What surrounds each call of malloc's family: nothing, or a stop watch.
//
// Role: workloads are compiled once with each, so that a run for throughput
//   pays nothing for what a run for latency needs.
// Takes from: histogram, ticks. Gives to: blocks, measurement, replay.
#ifndef BENCH_MEASURE_LATENCY_METER_H_
#define BENCH_MEASURE_LATENCY_METER_H_

#include <cstdint>

#include "bench/measure/histogram.h"
#include "bench/measure/ticks.h"

namespace headroom {

enum class Call { kMalloc, kFree, kRealloc };

struct NoMeter {
  template <Call kCall, typename Function>
  auto Time(Function function) {
    return function();
  }
  void Clear() {}
};

// In ticks; nothing is subtracted for the reads themselves.
class LatencyMeter {
 public:
  template <Call kCall, typename Function>
  auto Time(Function function) {
    const uint64_t before = TicksBefore();
    auto result = function();
    Of(kCall).Record(TicksAfter() - before);
    return result;
  }

  // Forgets what was recorded, but not how many blocks are live.
  void Clear() {
    live_ = live();
    for (Histogram& histogram : calls_) histogram.Clear();
  }

  void Add(const LatencyMeter& other) {
    for (int i = 0; i < 3; ++i) calls_[i].Add(other.calls_[i]);
  }

  // Blocks allocated and not freed since the start.
  int64_t live() const {
    return live_ + static_cast<int64_t>(Of(Call::kMalloc).count()) -
           static_cast<int64_t>(Of(Call::kFree).count());
  }

  Histogram& Of(Call call) { return calls_[static_cast<int>(call)]; }
  const Histogram& Of(Call call) const {
    return calls_[static_cast<int>(call)];
  }

 private:
  Histogram calls_[3];
  int64_t live_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_LATENCY_METER_H_
