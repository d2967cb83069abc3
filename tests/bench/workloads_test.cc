// Every workload, in this process, so that sanitizers see it, too: it works,
// and what it allocates it frees.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "bench/measure/latency_meter.h"
#include "bench/measure/mapped_array.h"
#include "bench/workloads/workload.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

class WorkloadsTest : public testing::TestWithParam<const Workload*> {};

std::vector<int> ThreadsFor(const Workload& workload) {
  std::vector<int> threads;
  for (const int some : {1, 2, 3}) {
    if (some >= workload.least_threads) threads.push_back(some);
  }
  if (threads.empty()) threads.push_back(workload.least_threads);
  return threads;
}

Plan ShortPlan(int threads, int turns = 1) {
  Plan plan;
  plan.threads = threads;
  plan.seconds = 0.005;
  plan.next = [turns]() mutable { return turns-- > 0; };
  plan.begin = [] {};
  plan.end = [](int64_t) {};
  return plan;
}

TEST_P(WorkloadsTest, DoesSomething) {
  const Workload& workload = *GetParam();
  for (const int threads : ThreadsFor(workload)) {
    Outcome outcome;
    workload.throughput(ShortPlan(threads), outcome);
    EXPECT_GT(outcome.operations, 0) << threads << " threads";
  }
}

TEST_P(WorkloadsTest, DoesSomethingInEveryTurn) {
  const Workload& workload = *GetParam();
  for (const int threads : ThreadsFor(workload)) {
    SCOPED_TRACE(threads);
    Plan plan = ShortPlan(threads, /*turns=*/3);
    int64_t sum = 0;
    plan.end = [&sum](int64_t operations) {
      EXPECT_GT(operations, 0);
      sum += operations;
    };
    Outcome outcome;
    workload.throughput(plan, outcome);
    EXPECT_EQ(sum, outcome.operations);
  }
}

TEST_P(WorkloadsTest, FreesWhatItAllocates) {
  const Workload& workload = *GetParam();
  for (const int threads : ThreadsFor(workload)) {
    SCOPED_TRACE(threads);
    Outcome outcome;
    MappedArray<LatencyMeter> meter(1);
    outcome.latency = meter.begin();
    workload.latency(ShortPlan(threads), outcome);
    EXPECT_EQ(meter[0].Of(Call::kMalloc).count(), outcome.operations);
    EXPECT_EQ(meter[0].Of(Call::kFree).count(), outcome.operations);
    EXPECT_EQ(outcome.live_blocks, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(All, WorkloadsTest,
                         testing::ValuesIn(AllWorkloads().begin(),
                                           AllWorkloads().end()),
                         [](const auto& info) {
                           return std::string(info.param->name);
                         });

TEST(WorkloadTableTest, NamesDiffer) {
  std::set<std::string> names;
  for (const Workload* workload : AllWorkloads()) {
    EXPECT_TRUE(names.insert(workload->name).second) << workload->name;
  }
}

TEST(WorkloadTableTest, TheQuickSetIsSmall) {
  const auto all = AllWorkloads();
  const auto quick = std::count_if(all.begin(), all.end(),
                                   [](const Workload* w) { return w->quick; });
  EXPECT_GE(quick, 6);
  EXPECT_LE(quick, 8);
}

}  // namespace
}  // namespace headroom
