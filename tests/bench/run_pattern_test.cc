// What counts as measured, on patterns made for it.
#include "bench/workloads/run_pattern.h"

#include <sched.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "bench/measure/latency_meter.h"
#include "bench/measure/mapped_array.h"
#include "bench/workloads/context.h"
#include "bench/workloads/processors.h"
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
    Pairs(context_.is_warm_up() ? 5 : 7);
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

// Notes the one processor that each thread and one that it starts may use.
struct Kept {
  int own = -1;
  int of_child = -1;
};
Kept kept[kThreads];

int OnlyProcessor() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof(allowed), &allowed);
  return CPU_COUNT(&allowed) == 1 ? sched_getcpu() : -1;
}

template <typename Meter>
class Placed {
 public:
  using Shared = NothingShared;
  Placed(Context<Meter>& context, Shared&) : context_(context) {}
  void Run() {
    Kept& mine = kept[context_.index];
    mine.own = OnlyProcessor();
    std::thread([&mine] { mine.of_child = OnlyProcessor(); }).join();
  }

 private:
  Context<Meter>& context_;
};

Plan PlanOf(double seconds, int turns = 1) {
  Plan plan;
  plan.threads = kThreads;
  plan.seconds = seconds;
  plan.next = [turns]() mutable {
    EXPECT_EQ(running, 0);
    return turns-- > 0;
  };
  plan.begin = [] { EXPECT_EQ(running, 0); };
  plan.end = [](int64_t) { EXPECT_EQ(running, 0); };
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

TEST(RunPatternTest, AllTurnsCountWithoutTheirWarmUps) {
  int begun = 0;
  int ended = 0;
  Plan plan = PlanOf(0, /*turns=*/4);
  plan.begin = [&] { ++begun; };
  plan.end = [&](int64_t operations) {
    EXPECT_EQ(operations, kThreads * 7);
    EXPECT_EQ(++ended, begun);
  };
  Outcome outcome;
  RunPattern<Careful, NoMeter>(plan, outcome);
  EXPECT_EQ(outcome.operations, 4 * kThreads * 7);
  EXPECT_EQ(ended, 4);
}

TEST(RunPatternTest, ThreadAfterThreadHasTheNextProcessor) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  std::vector<int> processors;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &allowed)) processors.push_back(i);
  }
  Outcome outcome;
  RunPattern<Placed, NoMeter>(PlanOf(0), outcome);
  for (size_t i = 0; i < kThreads; ++i) {
    const size_t count = processors.size();
    EXPECT_EQ(kept[i].own, processors[(i + i / count) % count]);
    EXPECT_EQ(kept[i].of_child, kept[i].own);
  }
  cpu_set_t now;
  sched_getaffinity(0, sizeof(now), &now);
  EXPECT_TRUE(CPU_EQUAL(&now, &allowed)) << "the main thread was moved";
}

TEST(RunPatternTest, ManyThreadsToAProcessorAreNotKept) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  const auto all = static_cast<size_t>(CPU_COUNT(&before));
  std::thread([&] {
    Processors(8 * all + 1).Keep(0);
    cpu_set_t now;
    sched_getaffinity(0, sizeof(now), &now);
    EXPECT_TRUE(CPU_EQUAL(&now, &before));
    Processors(8 * all).Keep(0);
    sched_getaffinity(0, sizeof(now), &now);
    EXPECT_EQ(CPU_COUNT(&now), 1);
  }).join();
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
