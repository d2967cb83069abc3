#include "bench/replay/report.h"

#include <cstdint>
#include <string>

#include "bench/measure/json_text.h"
#include "bench/measure/malloc_file.h"
#include "bench/measure/process_counters.h"

namespace headroom::replay {

std::string ReportText(const Report& report) {
  Json json;
  json.Text("workload", "trace:" + report.name);
  json.Number("threads", static_cast<int64_t>(report.threads));
  json.Number("repeats", static_cast<int64_t>(report.repeats));
  json.Number("operations", static_cast<int64_t>(report.operations));
  json.Times(report.counters);
  json.Number("peak_rss_kib", PeakRssKib());
  json.KernelCounts(report.counters);
  json.Text("malloc_file", MallocFile());
  json.Number("live_bytes", static_cast<int64_t>(report.live_bytes));
  json.Number("peak_live_bytes", static_cast<int64_t>(report.peak_live_bytes));
  json.Flag("checked", report.checked);
  return json.Object() + "\n";
}

}  // namespace headroom::replay
