// What a replay measured, as one line of JSON.
//
// Role: the words of bench_worker's report, where they make sense.
// Takes from: the kernel's counters. Gives to: replay.
#ifndef BENCH_REPLAY_REPORT_H_
#define BENCH_REPLAY_REPORT_H_

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace headroom::replay {

// Time and the kernel's counters while it runs.
class Stopwatch {
 public:
  void Start();
  void Stop();

  double wall_seconds() const { return wall_seconds_; }
  const rusage& used() const { return used_; }

 private:
  std::chrono::steady_clock::time_point started_;
  rusage before_ = {};
  double wall_seconds_ = 0;
  rusage used_ = {};  // of all times together
};

struct Report {
  std::string name;  // of the trace
  uint64_t threads = 0;
  uint64_t repeats = 0;
  uint64_t operations = 0;
  uint64_t live_bytes = 0;
  uint64_t peak_live_bytes = 0;
  bool checked = false;
};

std::string ReportText(const Report& report, const Stopwatch& stopwatch);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_REPORT_H_
