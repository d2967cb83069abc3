#include "bench/worker/json.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/measure/histogram.h"
#include "bench/measure/json_text.h"
#include "bench/measure/latency_meter.h"
#include "bench/measure/process_counters.h"
#include "bench/measure/rss_sampler.h"
#include "bench/workloads/workload.h"

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

std::string LatencyJson(const LatencyMeter& meter, double ns_per_tick) {
  Json json;
  json.Raw("malloc", HistogramJson(meter.Of(Call::kMalloc), ns_per_tick));
  json.Raw("free", HistogramJson(meter.Of(Call::kFree), ns_per_tick));
  if (meter.Of(Call::kRealloc).count() != 0) {
    json.Raw("realloc", HistogramJson(meter.Of(Call::kRealloc), ns_per_tick));
  }
  return json.Object();
}

}  // namespace

std::string RunJson(const RunReport& report) {
  const ProcessCounters& counters = report.counters;
  Json json;
  json.Text("workload", report.workload->name);
  json.Number("threads", report.threads);
  json.Number("operations", report.outcome.operations);
  json.Times(counters);
  json.Number("peak_rss_kib", report.peak_rss_kib);
  if (report.rss != nullptr) {
    Json rss;
    for (const RssSample& sample : *report.rss) {
      rss.Pair(sample.ms, 1, std::to_string(sample.kib));
    }
    json.Raw("rss", rss.Array());
  }
  json.KernelCounts(counters);
  json.Text("malloc_file", report.malloc_file);
  if (report.outcome.latency != nullptr) {
    json.Ns("timer_ns",
            static_cast<double>(report.timer_ticks) * report.ns_per_tick);
    json.Raw("latency",
             LatencyJson(*report.outcome.latency, report.ns_per_tick));
  }
  if (!report.measures.empty()) json.Raw("measures", report.measures);
  return json.Object();
}

std::string WorkloadJson(const Workload& workload) {
  Json json;
  json.Text("name", workload.name);
  json.Text("about", workload.about);
  json.Text("source", workload.source);
  json.Text("pattern", workload.pattern);
  json.Flag("quick", workload.quick);
  if (workload.most_threads == 0) {
    json.Raw("most_threads", "null");
  } else {
    json.Number("most_threads", workload.most_threads);
  }
  json.Number("least_threads", workload.least_threads);
  return json.Object();
}

}  // namespace headroom
