// What counts as measured, on patterns made for it.
#include "bench/workloads/run_pattern.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "bench/measure/latency_meter.h"
#include "bench/measure/mapped_array.h"
#include "bench/workloads/context.h"
#include "bench/workloads/workload.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr int kThreads = 3;

std::atomic<int> running;

// Allocates in every part of its life, a different number in each.
template <typename Meter>
class Careful {
 public:
  using Shared = NothingShared;
  Careful(Context<Meter>& context, Shared&) : context_(context) {
    kept_ = context_.blocks.New(100);
    Pairs(11);
  }
  ~Careful() {
    Pairs(13);
    context_.blocks.Delete(kept_);
  }

  void Run() {
    ++running;
    Pairs(context_.part == 0 ? 5 : 7);
    --running;
  }

 private:
  void Pairs(int pairs) {
    for (int i = 0; i < pairs; ++i) {
      context_.blocks.Delete(context_.blocks.New(16));
    }
    context_.operations += pairs;
  }

  Context<Meter>& context_;
  char* kept_;
};

// Never frees what it allocates; the test does.
std::atomic<char*> lost[kThreads];

template <typename Meter>
class Leaky {
 public:
  using Shared = NothingShared;
  Leaky(Context<Meter>& context, Shared&) {
    lost[context.index] = context.blocks.New(16);
  }
  void Run() {}
};

// Only the repeats of Repeat.
template <typename Meter>
class Repeating {
 public:
  using Shared = NothingShared;
  Repeating(Context<Meter>& context, Shared&) : context_(context) {}
  void Run() {
    context_.Repeat([] { return 1; });
  }

 private:
  Context<Meter>& context_;
};

Plan PlanOf(double seconds) {
  Plan plan;
  plan.threads = kThreads;
  plan.seconds = seconds;
  plan.begin = [] { EXPECT_EQ(running, 0); };
  plan.end = [] { EXPECT_EQ(running, 0); };
  return plan;
}

TEST(RunPatternTest, OnlyTheMeasuredPartCounts) {
  Outcome outcome;
  MappedArray<LatencyMeter> meter(1);
  outcome.latency = meter.begin();
  RunPattern<Careful, LatencyMeter>(PlanOf(0), outcome);
  EXPECT_EQ(outcome.operations, kThreads * 7);
  EXPECT_EQ(meter[0].Of(Call::kMalloc).count(), kThreads * 7);
  EXPECT_EQ(meter[0].Of(Call::kFree).count(), kThreads * 7);
  EXPECT_EQ(outcome.live_blocks, 0);
}

TEST(RunPatternTest, ThroughputCountsTheSame) {
  Outcome outcome;
  RunPattern<Careful, NoMeter>(PlanOf(0), outcome);
  EXPECT_EQ(outcome.operations, kThreads * 7);
}

TEST(RunPatternTest, BlocksThatNobodyFreedAreCounted) {
  Outcome outcome;
  MappedArray<LatencyMeter> meter(1);
  outcome.latency = meter.begin();
  RunPattern<Leaky, LatencyMeter>(PlanOf(0), outcome);
  EXPECT_EQ(outcome.live_blocks, kThreads);
  for (std::atomic<char*>& block : lost) std::free(block);
}

TEST(RunPatternTest, EveryThreadDoesARoundEvenWhenThereIsNoTime) {
  Outcome outcome;
  RunPattern<Repeating, NoMeter>(PlanOf(0), outcome);
  EXPECT_GE(outcome.operations, kThreads);
}

}  // namespace
}  // namespace headroom
