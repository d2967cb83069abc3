// Runs one workload once, and prints what it measured as one line of JSON.
//
// Role: the same program on every malloc; LD_PRELOAD alone decides which. It
//   allocates next to nothing itself until the measured part is over.
// Takes from: workloads, measure. Gives to: tools/bench, a person.
// Ends with status 2 and a sentence at wrong arguments, with 1 and a sentence
//   when a workload lost a block.
#include <cstdint>
#include <cstdio>
#include <string>

#include "bench/measure/json_text.h"
#include "bench/measure/measurement.h"
#include "bench/measure/ticks.h"
#include "bench/measure/turns.h"
#include "bench/worker/arguments.h"
#include "bench/worker/json.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

int Refuse(const char* sentence) {
  std::fprintf(stderr, "bench_worker: %s\n", sentence);
  return 2;
}

int Run(const Arguments& arguments) {
  const Workload& workload = *arguments.workload;
  Measurement measurement(arguments.measured);
  if (!measurement.can_hold()) {
    return Refuse(kNoLockToHold);
  }
  Outcome outcome;
  outcome.latency = measurement.latency();
  const double seconds = arguments.measured.seconds;
  Turns turns(arguments.measured.slices);
  const Plan plan = {.threads = arguments.threads,
                     .warm_up_seconds = WarmUpSeconds(seconds),
                     .warm_again_seconds = WarmAgainSeconds(seconds),
                     .seconds = seconds,
                     .operations = arguments.operations,
                     .next =
                         [&] {
                           const bool more = turns.Next();
                           if (!more) measurement.Stop();
                           return more;
                         },
                     .begin =
                         [&] {
                           if (turns.is_first()) measurement.Start();
                           measurement.Resume();
                         },
                     .end =
                         [&](int64_t operations) {
                           measurement.Pause();
                           turns.Over(operations, measurement.last_ns());
                         }};
  (arguments.measured.latency ? workload.latency : workload.throughput)(
      plan, outcome);
  if (outcome.live_blocks != 0) {
    std::fprintf(stderr, "bench_worker: %s ended with %lld blocks not freed\n",
                 workload.name, static_cast<long long>(outcome.live_blocks));
    return 1;
  }
  Json json;
  json.Text("workload", workload.name);
  json.Number("threads", arguments.threads);
  json.Number("operations", outcome.operations);
  measurement.AddTo(json);
  std::puts(json.Object().c_str());
  return 0;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (const std::string wrong = ParseArguments(argc, argv, arguments);
      !wrong.empty()) {
    return Refuse(wrong.c_str());
  }
  if (arguments.list) {
    for (const Workload* workload : AllWorkloads()) {
      std::puts(WorkloadJson(*workload).c_str());
    }
    return 0;
  }
  if (arguments.measured.slices && arguments.measured.latency) {
    return Refuse(kNoLatencyInSlices);
  }
  if (arguments.measured.latency && !TicksAreTime()) {
    return Refuse(kNoEvenTicks);
  }
  return Run(arguments);
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) { return headroom::Main(argc, argv); }
