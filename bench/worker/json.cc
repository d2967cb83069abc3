#include "bench/worker/json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "bench/measure/histogram.h"
#include "bench/measure/latency_meter.h"
#include "bench/measure/process_counters.h"
#include "bench/measure/rss_sampler.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

constexpr double kPercentiles[] = {50, 90, 99, 99.9, 99.99, 99.999};

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&quoted, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < ' ') {
      absl::StrAppendFormat(&quoted, "\\u%04x", c);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// What an object or an array holds, one after the other.
class Json {
 public:
  void Raw(absl::string_view name, absl::string_view value) {
    members_.push_back(absl::StrCat(Quoted(name), ":", value));
  }
  void Text(absl::string_view name, absl::string_view value) {
    Raw(name, Quoted(value));
  }
  void Number(absl::string_view name, int64_t value) {
    Raw(name, absl::StrCat(value));
  }
  void Seconds(absl::string_view name, double value) {
    Raw(name, absl::StrFormat("%.6f", value));
  }
  void Ns(absl::string_view name, double value) {
    Raw(name, absl::StrFormat("%.1f", value));
  }
  void Flag(absl::string_view name, bool value) {
    Raw(name, value ? "true" : "false");
  }
  void Element(std::string value) { members_.push_back(std::move(value)); }

  std::string Object() const {
    return absl::StrCat("{", absl::StrJoin(members_, ","), "}");
  }
  std::string Array() const {
    return absl::StrCat("[", absl::StrJoin(members_, ","), "]");
  }

 private:
  std::vector<std::string> members_;
};

std::string HistogramJson(const Histogram& histogram, double ns_per_tick) {
  const auto ns = [ns_per_tick](uint64_t ticks) {
    return static_cast<double>(ticks) * ns_per_tick;
  };
  Json percentiles;
  for (const double percent : kPercentiles) {
    percentiles.Element(absl::StrFormat("[%g,%.1f]", percent,
                                        ns(histogram.Percentile(percent))));
  }
  Json buckets;
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    if (histogram.bucket(i) == 0) continue;
    buckets.Element(absl::StrFormat("[%.1f,%d]", ns(Histogram::UpperBound(i)),
                                    histogram.bucket(i)));
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
      rss.Element(absl::StrFormat("[%.1f,%d]", sample.ms, sample.kib));
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
