// The contention benchmark: allocation patterns on 1 to 8 threads.
//
// Role: one source for Headroom and for the system's malloc; built twice, and
//   run beside each other by contention_runner. Also a plain Google Benchmark
//   program: all of its flags work.
// Takes from: workloads. Gives to: contention_runner (lines, see below).
//   --list                            names and threads, one a line
//   --only=NAME/THREADS [--seconds=S] one of them, as one line:
//     wall and CPU seconds an item, peak RSS in KiB, file that malloc is in
#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "bench/workloads.h"
#include "benchmark/benchmark.h"

namespace headroom {
namespace {

struct Workload {
  const char* name;
  void (*run)(benchmark::State&);
};

constexpr Workload kWorkloads[] = {
    {"pair", &Pair},
    {"batch_lifo", &BatchLifo},
    {"batch_fifo", &BatchFifo},
    {"batch_random", &BatchRandom},
    {"working_set", &WorkingSet},
    {"sh6", &Sh6},
    {"sh8", &Sh8},
    {"larson", &Larson},
    {"producer_consumer", &ProducerConsumer},
    {"thread_churn", &ThreadChurn},
};

constexpr std::array<int, 4> kThreads = {1, 2, 4, 8};

struct Options {
  bool list = false;
  std::string only;
  double seconds = 0.2;
};

// Keeps what a run took; prints nothing of its own.
class SecondsPerItem : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const auto rate = run.counters.find("items_per_second");
      if (rate == run.counters.end()) continue;
      wall_ = 1 / double{rate->second};
      // All threads' CPU time, where all wait for the same wall clock.
      cpu_ = wall_ * run.cpu_accumulated_time / run.real_accumulated_time;
    }
  }
  double wall() const { return wall_; }
  double cpu() const { return cpu_; }

 private:
  double wall_ = 0;
  double cpu_ = 0;
};

// Where the malloc is that this process calls, so that nobody compares a
// library with itself because a preload failed.
const char* MallocFile() {
  Dl_info info;
  void* found = dlsym(RTLD_DEFAULT, "malloc");
  if (found == nullptr || dladdr(found, &info) == 0) return "unknown";
  return info.dli_fname;
}

// Of this program: getrusage would count what ran before exec, too.
long PeakRssKib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  long kib = 0;
  status >> kib;
  return kib;
}

void Register(const Options& options) {
  for (const Workload& workload : kWorkloads) {
    for (const int threads : kThreads) {
      const std::string name = absl::StrCat(workload.name, "/", threads);
      if (options.list) std::puts(name.c_str());
      if (!options.only.empty() && options.only != name) continue;
      benchmark::RegisterBenchmark(workload.name, workload.run)
          ->Threads(threads)
          ->MinTime(options.seconds)
          ->UseRealTime();
    }
  }
}

int RunOnly(const Options& options) {
  SecondsPerItem reporter;
  if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0 ||
      reporter.wall() == 0) {
    std::fprintf(stderr, "contention_benchmark: no benchmark '%s'\n",
                 options.only.c_str());
    return 2;
  }
  std::printf("%.6e %.6e %ld %s\n", reporter.wall(), reporter.cpu(),
              PeakRssKib(), MallocFile());
  return 0;
}

// Takes our own options out of the arguments; false at a wrong one.
bool Parse(std::vector<char*>& arguments, Options& options) {
  std::vector<char*> rest;
  for (char* argument : arguments) {
    absl::string_view text = argument;
    if (text == "--list") {
      options.list = true;
    } else if (absl::ConsumePrefix(&text, "--only=")) {
      options.only = std::string(text);
    } else if (absl::ConsumePrefix(&text, "--seconds=")) {
      if (!absl::SimpleAtod(text, &options.seconds) || options.seconds <= 0) {
        return false;
      }
    } else {
      rest.push_back(argument);
    }
  }
  arguments = rest;
  return true;
}

int Main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  Options options;
  if (!Parse(arguments, options)) {
    std::fputs("contention_benchmark: --seconds wants a positive number\n",
               stderr);
    return 2;
  }
  Register(options);
  if (options.list) return 0;
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  if (!options.only.empty()) return RunOnly(options);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) { return headroom::Main(argc, argv); }
