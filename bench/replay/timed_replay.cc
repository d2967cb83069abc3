#include "bench/replay/timed_replay.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "bench/measure/json_text.h"
#include "bench/measure/latency_meter.h"
#include "bench/measure/measurement.h"
#include "bench/measure/ticks.h"
#include "bench/measure/turns.h"
#include "bench/replay/check.h"
#include "bench/replay/plan.h"
#include "bench/replay/player.h"
#include "bench/replay/trace.h"

namespace headroom::replay {
namespace {

// One replay, except what the trace leaves.
absl::Status PlayOnce(Player& player, const Trace& trace, bool check) {
  std::string failure = player.Play();
  if (failure.empty() && check) {
    failure = FindDifference(trace, player.totals());
  }
  return failure.empty() ? absl::OkStatus() : absl::AbortedError(failure);
}

absl::Status CheckOnce(const Trace& trace, const Plan& plan) {
  Player player(trace, plan, Watch::kContents);
  const absl::Status status = PlayOnce(player, trace, /*check=*/true);
  if (status.ok()) player.FreeTheRest();
  return status;
}

Watch WatchOf(const ReplayOptions& options) {
  if (options.check) return Watch::kContents;
  return options.measured.latency ? Watch::kTimes : Watch::kNothing;
}

class TimedReplay {
 public:
  TimedReplay(const Trace& trace, const Plan& plan,
              const ReplayOptions& options)
      : trace_(trace),
        options_(options),
        begins_(static_cast<int64_t>(plan.begins)),
        measurement_(options.measured),
        turns_(options.measured.slices),
        player_(trace, plan, WatchOf(options)) {}

  bool can_hold() const { return measurement_.can_hold(); }

  absl::Status Run() {
    const double seconds = options_.length.seconds;
    double warm_up = WarmUpSeconds(seconds);
    while (turns_.Next()) {
      if (absl::Status status = WarmUp(warm_up); !status.ok()) return status;
      if (turns_.is_first()) Start();
      if (absl::Status status = Measure(); !status.ok()) return status;
      warm_up = WarmAgainSeconds(seconds);
    }
    measurement_.Stop();
    own_kib_ = options_.own_memory_kib();
    if (LatencyMeter* times = measurement_.latency(); times != nullptr) {
      player_.TakeTimes(*times);
    }
    return absl::OkStatus();
  }

  std::string Report(const std::string& name) {
    Json json;
    json.Text("workload", name);
    json.Number("threads", static_cast<int64_t>(trace_.threads.size()));
    json.Number("operations", begins_ * repeats_);
    measurement_.AddTo(json, own_kib_);
    json.Number("repeats", repeats_);
    json.Number("live_bytes", static_cast<int64_t>(trace_.live_bytes));
    json.Number("peak_live_bytes",
                static_cast<int64_t>(trace_.peak_live_bytes));
    json.Flag("checked", options_.check);
    return json.Object();
  }

 private:
  absl::Status WarmUp(double seconds) {
    const Length& length = options_.length;
    if (length.operations == 0 && length.seconds == 0) return absl::OkStatus();
    const auto until = NowNs() + static_cast<int64_t>(seconds * 1e9);
    int64_t operations = 0;
    do {
      absl::Status status = PlayOnce(player_, trace_, options_.check);
      if (!status.ok()) return status;
      player_.FreeTheRest();
      operations += begins_;
    } while (length.operations > 0 ? operations < length.operations
                                   : NowNs() < until);
    return absl::OkStatus();
  }

  void Start() {
    if (LatencyMeter* times = measurement_.latency(); times != nullptr) {
      player_.TakeTimes(*times);
      times->Clear();
    }
    measurement_.Start();
  }

  absl::Status Measure() {
    int64_t repeats = 0;
    int64_t ns = 0;
    do {
      measurement_.Resume();
      absl::Status status = PlayOnce(player_, trace_, options_.check);
      measurement_.Pause();
      if (!status.ok()) return status;
      player_.FreeTheRest();
      ++repeats;
      ns += measurement_.last_ns();
    } while (!IsOver(repeats, ns));
    turns_.Over(begins_ * repeats, ns);
    repeats_ += repeats;
    return absl::OkStatus();
  }

  // Of a measured part.
  bool IsOver(int64_t repeats, int64_t ns) const {
    const Length& length = options_.length;
    if (length.operations > 0) return begins_ * repeats >= length.operations;
    if (length.seconds > 0) {
      return static_cast<double>(ns) >= length.seconds * 1e9;
    }
    return repeats >= length.repeats;
  }

  const Trace& trace_;
  const ReplayOptions& options_;
  const int64_t begins_;
  Measurement measurement_;
  Turns turns_;
  Player player_;
  int64_t repeats_ = 0;
  int64_t own_kib_ = 0;
};

}  // namespace

std::string NameOf(const std::string& path) {
  return absl::StrCat("replay_", std::filesystem::path(path).stem().string());
}

absl::StatusOr<std::string> RunTimedReplay(const std::string& name,
                                           const Trace& trace, const Plan& plan,
                                           const ReplayOptions& options) {
  // Times are not to be compared with those of other runs, so it may cost some.
  if (options.measured.latency) {
    absl::Status status = CheckOnce(trace, plan);
    if (!status.ok()) return status;
  }
  TimedReplay replay(trace, plan, options);
  if (!replay.can_hold()) {
    return absl::InvalidArgumentError(kNoLockToHold);
  }
  absl::Status status = replay.Run();
  if (!status.ok()) return status;
  return replay.Report(name);
}

std::string ListingOf(const std::string& name, const Plan& plan) {
  const auto threads = static_cast<int64_t>(plan.threads.size());
  Json json;
  json.Text("name", name);
  json.Text("about",
            absl::StrCat("a recorded program: ", plan.begins, " blocks on ",
                         threads, threads == 1 ? " thread" : " threads"));
  json.Text("source", "bench/traces");
  json.Text("pattern", "recorded");
  json.Flag("quick", false);
  json.Number("most_threads", threads);
  json.Number("least_threads", threads);
  return json.Object();
}

}  // namespace headroom::replay
