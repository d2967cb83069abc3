// What the kernel counts for this process, read at two points. Allocates
// nothing. Takes from: getrusage, /proc/self. Gives to: measurement,
// rss_sampler.
#ifndef BENCH_MEASURE_PROCESS_COUNTERS_H_
#define BENCH_MEASURE_PROCESS_COUNTERS_H_

#include <cstdint>

namespace headroom {

struct ProcessCounters {
  int64_t wall_ns = 0;
  int64_t user_us = 0;
  int64_t system_us = 0;
  int64_t minor_faults = 0;
  int64_t major_faults = 0;
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;

  static ProcessCounters Now();
  ProcessCounters operator-(const ProcessCounters& earlier) const;
  ProcessCounters& operator+=(const ProcessCounters& more);
};

// Of this program alone: getrusage would count what ran before exec, too.
int64_t PeakRssKib();

// Reads the present RSS again and again from a file that stays open.
class RssReader {
 public:
  RssReader();
  ~RssReader();
  RssReader(const RssReader&) = delete;
  RssReader& operator=(const RssReader&) = delete;

  int64_t Kib() const;

 private:
  int file_;
  int64_t page_kib_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_PROCESS_COUNTERS_H_
