#include "bench/replay/report.h"

#include <dlfcn.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace headroom::replay {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

timeval Sum(timeval sum, const timeval& after, const timeval& before) {
  sum.tv_sec += after.tv_sec - before.tv_sec;
  sum.tv_usec += after.tv_usec - before.tv_usec;
  return sum;
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", std::string(1, c));
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string MallocFile() {
  Dl_info info;
  void* function = dlsym(RTLD_DEFAULT, "malloc");
  if (function == nullptr || dladdr(function, &info) == 0) return "";
  return info.dli_fname;
}

}  // namespace

void Stopwatch::Start() {
  getrusage(RUSAGE_SELF, &before_);
  started_ = std::chrono::steady_clock::now();
}

void Stopwatch::Stop() {
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - started_;
  rusage after;
  getrusage(RUSAGE_SELF, &after);
  wall_seconds_ += passed.count();
  used_.ru_utime = Sum(used_.ru_utime, after.ru_utime, before_.ru_utime);
  used_.ru_stime = Sum(used_.ru_stime, after.ru_stime, before_.ru_stime);
  used_.ru_minflt += after.ru_minflt - before_.ru_minflt;
  used_.ru_majflt += after.ru_majflt - before_.ru_majflt;
  used_.ru_nvcsw += after.ru_nvcsw - before_.ru_nvcsw;
  used_.ru_nivcsw += after.ru_nivcsw - before_.ru_nivcsw;
  used_.ru_maxrss = after.ru_maxrss;
}

std::string ReportText(const Report& report, const Stopwatch& stopwatch) {
  const rusage& used = stopwatch.used();
  return absl::StrFormat(
      R"({"workload":%s,"threads":%d,"repeats":%d,"operations":%d,)"
      R"("wall_s":%.9f,"user_s":%.6f,"system_s":%.6f,"peak_rss_kib":%d,)"
      R"("minor_faults":%d,"major_faults":%d,"voluntary_switches":%d,)"
      R"("involuntary_switches":%d,"malloc_file":%s,"live_bytes":%d,)"
      R"("peak_live_bytes":%d,"checked":%s})"
      "\n",
      Quoted("trace:" + report.name), report.threads, report.repeats,
      report.operations, stopwatch.wall_seconds(), Seconds(used.ru_utime),
      Seconds(used.ru_stime), used.ru_maxrss, used.ru_minflt, used.ru_majflt,
      used.ru_nvcsw, used.ru_nivcsw, Quoted(MallocFile()), report.live_bytes,
      report.peak_live_bytes, report.checked ? "true" : "false");
}

}  // namespace headroom::replay
