// Each call of the kernel's that the heap makes fails: alone, in pairs, and
// for ever from one on.
#include "tests/faults/fault_sweep.h"

#include <cstdint>
#include <iostream>

#include "gtest/gtest.h"

namespace headroom {
namespace {

uint64_t all_failures = 0;

class SumOfAll : public testing::Environment {
 public:
  void TearDown() override {
    std::cout << "all workloads: " << all_failures << " calls failed\n";
  }
};
const auto* const kSumOfAll = testing::AddGlobalTestEnvironment(new SumOfAll);

class FaultSweepTest : public testing::TestWithParam<size_t> {
 protected:
  ~FaultSweepTest() override {
    std::cout << workload_.name << ": " << failures_ << " calls failed\n";
    all_failures += failures_;
  }

  const Workload& workload_ = Workloads()[GetParam()];
  uint64_t failures_ = 0;
};

TEST_P(FaultSweepTest, EachCallOfEachKindFailsOnce) {
  for (int kind = 0; kind < kCallKinds; ++kind) {
    failures_ += FailEach(workload_, 1u << kind, /*for_ever=*/false);
  }
  EXPECT_GT(failures_, 0u);
}

TEST_P(FaultSweepTest, EachKindFailsFromACallOnForEver) {
  for (int kind = 0; kind < kCallKinds; ++kind) {
    failures_ += FailEach(workload_, 1u << kind, /*for_ever=*/true);
  }
  EXPECT_GT(failures_, 0u);
}

TEST_P(FaultSweepTest, EveryCallFailsFromACallOn) {
  failures_ += FailEach(workload_, kAllKinds, /*for_ever=*/true);
  EXPECT_GT(failures_, 0u);
}

TEST_P(FaultSweepTest, TwoCallsFail) {
  // All pairs of a short workload; of a long one those among the first calls,
  // and each call with the next ones.
  failures_ += FailPairs(workload_, /*most_calls=*/40, /*most_distance=*/5);
  EXPECT_GT(failures_, 0u);
}

INSTANTIATE_TEST_SUITE_P(Workloads, FaultSweepTest,
                         testing::Range(size_t{0}, Workloads().size()));

}  // namespace
}  // namespace headroom
