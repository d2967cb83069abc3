// Runs one workload once, and prints what it measured as one line of JSON.
//
// Role: the same program on every malloc; LD_PRELOAD alone decides which. It
//   allocates next to nothing itself until the measured part is over.
// Takes from: workloads, measure. Gives to: tools/bench, a person.
// Ends with status 2 and a sentence at wrong arguments, with 1 and a sentence
//   when a workload lost a block.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>

#include "bench/measure/latency_meter.h"
#include "bench/measure/malloc_file.h"
#include "bench/measure/mapped_array.h"
#include "bench/measure/process_counters.h"
#include "bench/measure/rss_sampler.h"
#include "bench/measure/ticks.h"
#include "bench/worker/arguments.h"
#include "bench/worker/json.h"
#include "bench/worker/malloc_hooks.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

// A quarter of the measured time, but enough for a first round.
double WarmUpSeconds(double seconds) {
  return std::clamp(seconds / 4, 0.01, 0.5);
}

int Run(const Arguments& arguments) {
  RunReport report;
  report.workload = arguments.workload;
  report.threads = arguments.threads;
  MallocHooks hooks;
  TickScale scale;
  MappedArray<LatencyMeter> meter(1);
  if (arguments.latency) report.outcome.latency = meter.begin();
  std::optional<RssSampler> rss;
  if (arguments.rss_every_ms > 0) {
    // A measured part can last longer than it should.
    const double expected = arguments.seconds * 1000 / arguments.rss_every_ms;
    rss.emplace(arguments.rss_every_ms,
                static_cast<size_t>(4 * expected) + 1000);
    report.rss = &*rss;
  }
  ProcessCounters before;
  const Plan plan = {.threads = arguments.threads,
                     .warm_up_seconds = WarmUpSeconds(arguments.seconds),
                     .seconds = arguments.seconds,
                     .operations = arguments.operations,
                     .begin =
                         [&] {
                           if (rss.has_value()) rss->Start();
                           hooks.Reset();
                           scale.Begin();
                           before = ProcessCounters::Now();
                         },
                     .end =
                         [&] {
                           report.counters = ProcessCounters::Now() - before;
                           scale.End();
                           hooks.Write();
                           if (rss.has_value()) rss->Stop();
                           report.peak_rss_kib = PeakRssKib();
                         }};
  const Workload& workload = *arguments.workload;
  (arguments.latency ? workload.latency : workload.throughput)(plan,
                                                               report.outcome);
  if (report.outcome.live_blocks != 0) {
    std::fprintf(stderr, "bench_worker: %s ended with %lld blocks not freed\n",
                 workload.name,
                 static_cast<long long>(report.outcome.live_blocks));
    return 1;
  }
  report.ns_per_tick = scale.NsPerTick();
  report.timer_ticks = TimerTicks();
  report.malloc_file = MallocFile();
  report.measures = hooks.Measures();
  std::puts(RunJson(report).c_str());
  return 0;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (const std::string wrong = ParseArguments(argc, argv, arguments);
      !wrong.empty()) {
    std::fprintf(stderr, "bench_worker: %s\n", wrong.c_str());
    return 2;
  }
  if (arguments.list) {
    for (const Workload* workload : AllWorkloads()) {
      std::puts(WorkloadJson(*workload).c_str());
    }
    return 0;
  }
  if (arguments.latency && !TicksAreTime()) {
    std::fputs(
        "bench_worker: --latency wants a processor whose time stamp counter "
        "runs evenly (constant_tsc, nonstop_tsc)\n",
        stderr);
    return 2;
  }
  return Run(arguments);
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) { return headroom::Main(argc, argv); }
