// Runs a pattern on a team of threads: set-up; in each turn a warm-up and the
// measured part, which begin() and end() enclose; tear-down.
//
// Role: what all workloads share. A Pattern is a class template over a Meter;
//   each thread makes one, calls Run() for each part, and destroys it.
//   Pattern::Shared is made before the threads are.
// Takes from: context, mapped_array, processors, team. Gives to: workloads.
// Invariant: what a Run() allocates, some thread's Run() of the same part
//   frees, or it takes the place of a block that was freed.
#ifndef BENCH_WORKLOADS_RUN_PATTERN_H_
#define BENCH_WORKLOADS_RUN_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/measure/latency_meter.h"
#include "bench/measure/mapped_array.h"
#include "bench/workloads/context.h"
#include "bench/workloads/processors.h"
#include "bench/workloads/team.h"
#include "bench/workloads/workload.h"

namespace headroom {

// For patterns whose threads share nothing but the allocator.
struct NothingShared {
  template <typename Meter>
  explicit NothingShared(Context<Meter>&) {}
};

inline void Collect(const NoMeter&, Outcome&) {}
inline void Collect(const LatencyMeter& meter, Outcome& outcome) {
  outcome.latency->Add(meter);
}
inline int64_t LiveBlocks(const NoMeter&) { return 0; }
inline int64_t LiveBlocks(const LatencyMeter& meter) { return meter.live(); }

template <template <typename> typename Pattern, typename Meter>
void RunPattern(const Plan& plan, Outcome& outcome) {
  const auto threads = static_cast<size_t>(plan.threads);
  const Processors processors(threads);
  Team team(plan);
  // The last is the main thread's, for what is shared.
  MappedArray<Context<Meter>> contexts(threads + 1);
  for (size_t i = 0; i <= threads; ++i) {
    contexts[i].index = static_cast<int>(i);
    contexts[i].threads = plan.threads;
    contexts[i].stop = team.stop();
  }
  {
    typename Pattern<Meter>::Shared shared(contexts[threads]);
    auto play = [&](size_t i) {
      processors.Keep(i);
      Context<Meter>& context = contexts[i];
      Pattern<Meter> pattern(context, shared);
      context.operations = 0;
      context.most_operations = team.MostOperations();
      for (context.part = 0; team.AwaitStart(); ++context.part) {
        const int64_t measured = context.operations;
        pattern.Run();
        if (context.is_warm_up()) {
          context.operations = measured;
          context.blocks.meter().Clear();
        }
        team.AwaitEnd();
      }
      team.AwaitTearDown();
    };
    std::vector<std::thread> players;
    players.reserve(threads);
    for (size_t i = 0; i < threads; ++i) players.emplace_back(play, i);
    team.Lead([&] {
      outcome.operations = 0;
      for (size_t i = 0; i < threads; ++i) {
        outcome.operations += contexts[i].operations;
      }
      return outcome.operations;
    });
    for (size_t i = 0; i < threads; ++i) {
      Collect(contexts[i].blocks.meter(), outcome);
    }
    team.LetGo();
    for (std::thread& player : players) player.join();
  }
  for (Context<Meter>& context : contexts) {
    outcome.live_blocks += LiveBlocks(context.blocks.meter());
  }
}

// A workload's two programs.
template <template <typename> typename Pattern>
constexpr void (*kThroughputOf)(const Plan&,
                                Outcome&) = &RunPattern<Pattern, NoMeter>;
template <template <typename> typename Pattern>
constexpr void (*kLatencyOf)(const Plan&,
                             Outcome&) = &RunPattern<Pattern, LatencyMeter>;

}  // namespace headroom

#endif  // BENCH_WORKLOADS_RUN_PATTERN_H_
