#include "bench/measure/process_counters.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "bench/measure/ticks.h"

namespace headroom {
namespace {

int64_t Microseconds(const timeval& time) {
  return time.tv_sec * int64_t{1'000'000} + time.tv_usec;
}

}  // namespace

ProcessCounters ProcessCounters::Now() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return {.wall_ns = NowNs(),
          .user_us = Microseconds(usage.ru_utime),
          .system_us = Microseconds(usage.ru_stime),
          .minor_faults = usage.ru_minflt,
          .major_faults = usage.ru_majflt,
          .voluntary_switches = usage.ru_nvcsw,
          .involuntary_switches = usage.ru_nivcsw};
}

ProcessCounters ProcessCounters::operator-(
    const ProcessCounters& earlier) const {
  return {.wall_ns = wall_ns - earlier.wall_ns,
          .user_us = user_us - earlier.user_us,
          .system_us = system_us - earlier.system_us,
          .minor_faults = minor_faults - earlier.minor_faults,
          .major_faults = major_faults - earlier.major_faults,
          .voluntary_switches = voluntary_switches - earlier.voluntary_switches,
          .involuntary_switches =
              involuntary_switches - earlier.involuntary_switches};
}

ProcessCounters& ProcessCounters::operator+=(const ProcessCounters& more) {
  wall_ns += more.wall_ns;
  user_us += more.user_us;
  system_us += more.system_us;
  minor_faults += more.minor_faults;
  major_faults += more.major_faults;
  voluntary_switches += more.voluntary_switches;
  involuntary_switches += more.involuntary_switches;
  return *this;
}

int64_t PeakRssKib() {
  char text[4096] = {};
  const int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t bytes = read(file, text, sizeof(text) - 1);
  close(file);
  if (bytes <= 0) return 0;
  constexpr char kField[] = "VmHWM:";
  const char* found = std::strstr(text, kField);
  return found == nullptr ? 0
                          : std::strtoll(found + std::strlen(kField), nullptr,
                                         /*base=*/10);
}

RssReader::RssReader()
    : file_(open("/proc/self/statm", O_RDONLY | O_CLOEXEC)),
      page_kib_(sysconf(_SC_PAGESIZE) / 1024) {}

RssReader::~RssReader() {
  if (file_ >= 0) close(file_);
}

int64_t RssReader::Kib() const {
  char text[128] = {};
  if (pread(file_, text, sizeof(text) - 1, 0) <= 0) return 0;
  char* end = nullptr;
  std::strtoll(text, &end, /*base=*/10);  // the size of the address space
  return std::strtoll(end, nullptr, /*base=*/10) * page_kib_;
}

}  // namespace headroom
