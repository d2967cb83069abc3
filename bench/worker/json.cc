#include "bench/worker/json.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "bench/measure/histogram.h"
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

// A number with so many digits behind the point.
std::string Fixed(double value, int digits) {
  char text[64];
  const std::to_chars_result end = std::to_chars(
      text, text + sizeof(text), value, std::chars_format::fixed, digits);
  return end.ec == std::errc() ? std::string(text, end.ptr) : "null";
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      quoted += escaped;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// What an object or an array holds, one after the other.
class Json {
 public:
  void Element(std::string_view value) {
    if (!members_.empty()) members_ += ',';
    members_ += value;
  }
  void Pair(double first, int digits, const std::string& second) {
    Element("[" + Fixed(first, digits) + "," + second + "]");
  }
  void Raw(std::string_view name, const std::string& value) {
    Element(Quoted(name) + ":" + value);
  }
  void Text(std::string_view name, std::string_view value) {
    Raw(name, Quoted(value));
  }
  void Number(std::string_view name, int64_t value) {
    Raw(name, std::to_string(value));
  }
  void Seconds(std::string_view name, double value) {
    Raw(name, Fixed(value, 6));
  }
  void Ns(std::string_view name, double value) { Raw(name, Fixed(value, 1)); }
  void Flag(std::string_view name, bool value) {
    Raw(name, value ? "true" : "false");
  }

  std::string Object() const { return "{" + members_ + "}"; }
  std::string Array() const { return "[" + members_ + "]"; }

 private:
  std::string members_;
};

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
  json.Seconds("wall_s", static_cast<double>(counters.wall_ns) / 1e9);
  json.Seconds("user_s", static_cast<double>(counters.user_us) / 1e6);
  json.Seconds("system_s", static_cast<double>(counters.system_us) / 1e6);
  json.Number("peak_rss_kib", report.peak_rss_kib);
  if (report.rss != nullptr) {
    Json rss;
    for (const RssSample& sample : *report.rss) {
      rss.Pair(sample.ms, 1, std::to_string(sample.kib));
    }
    json.Raw("rss", rss.Array());
  }
  json.Number("minor_faults", counters.minor_faults);
  json.Number("major_faults", counters.major_faults);
  json.Number("voluntary_switches", counters.voluntary_switches);
  json.Number("involuntary_switches", counters.involuntary_switches);
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
