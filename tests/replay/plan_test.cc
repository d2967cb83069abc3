#include "bench/replay/plan.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/replay/recording.h"
#include "gtest/gtest.h"
#include "tests/replay/recording_maker.h"

namespace headroom::replay {
namespace {

Operation Malloc(uint64_t bytes) {
  return {.call = TracedCall::kMalloc, .bytes = bytes, .ended = {}};
}
Operation Free(uint64_t thread, uint64_t index) {
  return {.call = TracedCall::kFree, .ended = {thread, index}};
}

Trace TraceOf(std::vector<std::vector<Operation>> threads) {
  Trace trace;
  for (auto& operations : threads) {
    trace.threads.emplace_back().operations = std::move(operations);
  }
  return trace;
}

std::string Refusal(const Trace& trace) {
  const auto plan = MakePlan(trace);
  return plan.ok() ? "" : std::string(plan.status().message());
}

TEST(PlanTest, EachBlockHasAPlaceAsLongAsItLives) {
  const auto compiled = CompileRecording(RichRecording());
  const auto plan = MakePlan(compiled->trace);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->begins, 7u);
  EXPECT_EQ(plan->left_slots.size(), 2u);
  // In an order that is possible, slots hold one block each.
  std::set<uint32_t> held;
  const auto run = [&](size_t thread, size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      const Step& step = plan->threads[thread][i];
      if (step.call == TracedCall::kFree || step.call == TracedCall::kRealloc) {
        EXPECT_EQ(held.erase(step.ended_slot), 1u) << thread << " " << i;
      }
      if (step.call != TracedCall::kFree) {
        EXPECT_TRUE(held.insert(step.begun_slot).second) << thread << " " << i;
      }
    }
  };
  run(0, 0, 3);
  run(1, 0, 4);
  run(0, 3, 6);
  EXPECT_EQ(held, std::set<uint32_t>(plan->left_slots.begin(),
                                     plan->left_slots.end()));
}

TEST(PlanTest, ThePlaceOfABlockThatEndedIsUsedAgain) {
  std::vector<Operation> operations;
  for (uint64_t i = 0; i < 1000; ++i) {
    operations.push_back(Malloc(1));
    operations.push_back(Free(0, i));
  }
  const auto plan = MakePlan(TraceOf({operations}));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->slots, 1u);
}

TEST(PlanTest, WhoEndsAnothersBlockWaitsForIt) {
  const auto plan =
      MakePlan(TraceOf({{Malloc(1), Malloc(2)}, {Malloc(3), Free(0, 1)}}));
  ASSERT_TRUE(plan.ok());
  EXPECT_FALSE(plan->threads[0][0].publishes);
  EXPECT_TRUE(plan->threads[0][1].publishes);
  EXPECT_EQ(plan->threads[1][0].wait_thread, Step::kNobody);
  EXPECT_EQ(plan->threads[1][1].wait_thread, 0u);
  EXPECT_EQ(plan->threads[1][1].wait_steps, 2u);
}

TEST(PlanTest, WhatCannotBeIsRefused) {
  EXPECT_EQ(Refusal(TraceOf({{Malloc(1), Free(0, 0), Free(0, 0)}})),
            "impossible trace: operation 2 of thread 0 ends a block a second "
            "time");
  EXPECT_EQ(Refusal(TraceOf({{Free(0, 0), Malloc(1)}})),
            "impossible trace: operation 0 of thread 0 ends a block that "
            "begins later");
  EXPECT_EQ(Refusal(TraceOf({{Malloc(1), Free(0, 1)}})),
            "impossible trace: operation 1 of thread 0 ends a block that there "
            "is not");
  EXPECT_EQ(Refusal(TraceOf({{Malloc(1), Free(1, 0)}})),
            "impossible trace: operation 1 of thread 0 ends a block that there "
            "is not");
  EXPECT_EQ(
      Refusal(TraceOf({{Free(1, 0), Malloc(1)}, {Free(0, 0), Malloc(1)}})),
      "impossible trace: operation 0 of thread 0 waits for what waits "
      "for it");
  EXPECT_EQ(Refusal(TraceOf({{{.call = TracedCall::kAligned,
                               .alignment_log2 = 63,
                               .bytes = 1,
                               .ended = {}}}})),
            "impossible trace: operation 0 of thread 0 has an impossible "
            "alignment");
  EXPECT_EQ(
      Refusal(
          TraceOf({{Malloc(1), {.call = TracedCall::kRealloc, .ended = {}}}})),
      "impossible trace: operation 1 of thread 0 resizes a block to nothing");
}

TEST(PlanTest, ABirthComesAfterWhatThereIs) {
  Trace trace = TraceOf({{Malloc(1)}, {Malloc(2)}});
  trace.threads[1].born_after = {{0, 1}};
  EXPECT_EQ(Refusal(trace), "");
  for (const Progress wrong : {Progress{0, 2}, {0, 0}, {1, 1}, {2, 1}}) {
    trace.threads[1].born_after = {wrong};
    EXPECT_EQ(Refusal(trace),
              "impossible trace: operation 0 of thread 1 comes after what "
              "there is not");
  }
  // Thread 0 waits for one that is not born before it is done.
  trace = TraceOf({{Free(1, 0), Malloc(1)}, {Malloc(2)}});
  trace.threads[1].born_after = {{0, 2}};
  EXPECT_EQ(Refusal(trace),
            "impossible trace: operation 0 of thread 0 waits for what waits "
            "for it");
}

}  // namespace
}  // namespace headroom::replay
