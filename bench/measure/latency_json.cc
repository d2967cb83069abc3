#include "bench/measure/latency_json.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/measure/histogram.h"
#include "bench/measure/json_text.h"
#include "bench/measure/latency_meter.h"

namespace headroom {
namespace {

struct Percentile {
  const char* name;
  double percent;
};
constexpr Percentile kPercentiles[] = {{"50", 50},       {"90", 90},
                                       {"99", 99},       {"99.9", 99.9},
                                       {"99.99", 99.99}, {"99.999", 99.999}};

std::string HistogramJson(const Histogram& histogram, double ns_per_tick) {
  const auto ns = [ns_per_tick](uint64_t ticks) {
    return static_cast<double>(ticks) * ns_per_tick;
  };
  Json percentiles;
  for (const Percentile& percentile : kPercentiles) {
    percentiles.Element("[" + std::string(percentile.name) + "," +
                        Fixed(ns(histogram.Percentile(percentile.percent)), 1) +
                        "]");
  }
  Json buckets;
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    if (histogram.bucket(i) == 0) continue;
    buckets.Pair(ns(Histogram::UpperBound(i)), 1,
                 std::to_string(histogram.bucket(i)));
  }
  Json json;
  json.Number("count", static_cast<int64_t>(histogram.count()));
  json.Ns("max_ns", ns(histogram.max()));
  json.Raw("percentiles", percentiles.Array());
  json.Raw("buckets", buckets.Array());
  return json.Object();
}

}  // namespace

std::string LatencyJson(const LatencyMeter& meter, double ns_per_tick) {
  Json json;
  json.Raw("malloc", HistogramJson(meter.Of(Call::kMalloc), ns_per_tick));
  json.Raw("free", HistogramJson(meter.Of(Call::kFree), ns_per_tick));
  if (meter.Of(Call::kRealloc).count() != 0) {
    json.Raw("realloc", HistogramJson(meter.Of(Call::kRealloc), ns_per_tick));
  }
  return json.Object();
}

}  // namespace headroom
