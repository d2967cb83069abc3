// Replays a trace for some time, and says what that took as a line of JSON.
//
// Role: a trace is short. It is played again and again, before the measured
//   part as bench_worker warms up; the words are bench_worker's.
// Takes from: player, check, measurement. Gives to: replay.
#ifndef BENCH_REPLAY_TIMED_REPLAY_H_
#define BENCH_REPLAY_TIMED_REPLAY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bench/measure/measurement.h"
#include "bench/replay/plan.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

// How long: the first of these that is not 0.
struct Length {
  int64_t operations = 0;  // blocks begun, rounded up to whole replays
  double seconds = 0;      // until then another replay begins
  int64_t repeats = 0;     // without a warm-up
};

struct ReplayOptions {
  Length length;
  bool check = false;
  MeasurementOptions measured;
  // How much memory of the process lies in no malloc.
  int64_t (*own_memory_kib)() = [] { return int64_t{0}; };
};

// What bench_worker would call it: "replay_" and the name of the trace's file.
std::string NameOf(const std::string& path);

// One line of JSON, with what `plan` is of. An error is a sentence: kAborted,
// when the replay went wrong, kInvalidArgument when it could not begin.
absl::StatusOr<std::string> RunTimedReplay(const std::string& name,
                                           const Trace& trace, const Plan& plan,
                                           const ReplayOptions& options);

// The trace as a workload, as bench_worker lists its own: a line of JSON.
std::string ListingOf(const std::string& name, const Plan& plan);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_TIMED_REPLAY_H_
