#include "bench/measure/measurement.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/measure/json_text.h"
#include "bench/measure/latency_json.h"
#include "bench/measure/malloc_file.h"
#include "bench/measure/process_counters.h"
#include "bench/measure/rss_sampler.h"
#include "bench/measure/ticks.h"

namespace headroom {

double WarmUpSeconds(double seconds) {
  return std::clamp(seconds / 4, 0.01, 0.5);
}

double WarmAgainSeconds(double seconds) { return std::min(seconds / 4, 0.005); }

Measurement::Measurement(const MeasurementOptions& options)
    : times_(options.latency) {
  if (options.hold.ms > 0) holder_.emplace(hooks_, options.hold);
  if (options.rss_every_ms > 0) {
    // A measured part can last longer than it should.
    const double expected = options.seconds * 1000 / options.rss_every_ms;
    rss_.emplace(options.rss_every_ms,
                 static_cast<size_t>(4 * expected) + 1000);
  }
}

void Measurement::Start() {
  if (rss_.has_value()) rss_->Start();
  hooks_.Reset();
  if (holder_.has_value()) holder_->Start();
  scale_.Begin();
}

void Measurement::Pause() {
  const ProcessCounters more = ProcessCounters::Now() - since_;
  counters_ += more;
  last_ns_ = more.wall_ns;
}

void Measurement::Stop() {
  scale_.End();
  if (holder_.has_value()) holder_->Stop();
  hooks_.Write();
  if (rss_.has_value()) rss_->Stop();
  peak_rss_kib_ = PeakRssKib();
}

void Measurement::AddTo(Json& json, int64_t own_kib) {
  json.Times(counters_);
  json.Number("peak_rss_kib", peak_rss_kib_ - own_kib);
  if (rss_.has_value()) {
    Json rss;
    for (const RssSample& sample : *rss_) {
      rss.Pair(sample.ms, 1, std::to_string(sample.kib - own_kib));
    }
    json.Raw("rss", rss.Array());
  }
  json.KernelCounts(counters_);
  json.Text("malloc_file", MallocFile());
  if (times_) {
    const double ns_per_tick = scale_.NsPerTick();
    json.Ns("timer_ns", static_cast<double>(TimerTicks()) * ns_per_tick);
    json.Raw("latency", LatencyJson(meter_[0], ns_per_tick));
  }
  const std::string measures = hooks_.Measures();
  if (!measures.empty()) json.Raw("measures", measures);
}

}  // namespace headroom
