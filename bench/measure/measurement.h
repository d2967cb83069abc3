// What is measured of a run: what it took, how much memory there was meanwhile,
// how long each call.
//
// Role: all that begins and ends with the measured part, and its JSON; the same
//   for every program that measures. From Start() to Stop() nothing allocates.
// Takes from: all of measure. Gives to: worker, replay.
#ifndef BENCH_MEASURE_MEASUREMENT_H_
#define BENCH_MEASURE_MEASUREMENT_H_

#include <cstdint>
#include <optional>

#include "bench/measure/json_text.h"
#include "bench/measure/latency_meter.h"
#include "bench/measure/lock_holder.h"
#include "bench/measure/malloc_hooks.h"
#include "bench/measure/mapped_array.h"
#include "bench/measure/process_counters.h"
#include "bench/measure/rss_sampler.h"
#include "bench/measure/ticks.h"

namespace headroom {

struct MeasurementOptions {
  double seconds = 0.1;  // about so long is what is measured, or a slice of it
  bool slices = false;
  bool latency = false;
  double rss_every_ms = 0;  // 0: not at all
  LockHold hold;
};

// What programs say when they cannot measure so.
inline constexpr char kNoEvenTicks[] =
    "--latency wants a processor whose time stamp counter runs evenly "
    "(constant_tsc, nonstop_tsc)";
inline constexpr char kNoLatencyInSlices[] =
    "--slices and --latency exclude each other";
inline constexpr char kNoLockToHold[] =
    "--hold_lock: this malloc has no such lock to hold; "
    "libheadroom_measured.so has one for each size of small blocks";

// A quarter of the measured time, but enough for a first round.
double WarmUpSeconds(double seconds);
// Before each slice but the first: meanwhile other workers filled the caches.
double WarmAgainSeconds(double seconds);

class Measurement {
 public:
  explicit Measurement(const MeasurementOptions& options);

  // False when the lock that is to be held cannot be.
  bool can_hold() const { return !holder_.has_value() || holder_->works(); }

  // Once each, while all threads of what is measured stand still.
  void Start();
  void Stop();
  // Between them: what is done after a Pause() is in none of the process's
  // counters. It begins paused.
  void Resume() { since_ = ProcessCounters::Now(); }
  void Pause();

  // Up to the last Pause(): of all, and since the Resume() before it.
  const ProcessCounters& counters() const { return counters_; }
  int64_t last_ns() const { return last_ns_; }
  // Where times go, all threads' in one; null when they were not asked for.
  LatencyMeter* latency() { return times_ ? meter_.begin() : nullptr; }

  // After Stop(): adds all that was measured. `own_kib` of the memory are the
  // program's own, which lie in no malloc: they are left out.
  void AddTo(Json& json, int64_t own_kib = 0);

 private:
  const bool times_;
  MappedArray<LatencyMeter> meter_{1};
  MallocHooks hooks_;
  std::optional<LockHolder> holder_;
  std::optional<RssSampler> rss_;
  TickScale scale_;
  ProcessCounters since_;
  ProcessCounters counters_;
  int64_t last_ns_ = 0;
  int64_t peak_rss_kib_ = 0;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_MEASUREMENT_H_
