#include "bench/replay/player.h"

#include <string>
#include <utility>
#include <vector>

#include "bench/replay/check.h"
#include "bench/replay/plan.h"
#include "bench/replay/recording.h"
#include "gtest/gtest.h"
#include "tests/replay/recording_maker.h"

namespace headroom::replay {
namespace {

Trace RichTrace() { return CompileRecording(RichRecording())->trace; }

// What a checked replay of `trace` finds.
std::string Replay(const Trace& trace) {
  const auto plan = MakePlan(trace);
  if (!plan.ok()) return std::string(plan.status().message());
  Player player(trace, *plan, Watch::kContents);
  const std::string failure = player.Play();
  if (!failure.empty()) return failure;
  player.FreeTheRest();
  return FindDifference(trace, player.totals());
}

TEST(PlayerTest, AReplayIsWhatWasRecorded) {
  const Trace trace = RichTrace();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Replay(trace), "");
}

TEST(PlayerTest, APlayerPlaysAgain) {
  const Trace trace = RichTrace();
  const auto plan = MakePlan(trace);
  for (const Watch watch : {Watch::kNothing, Watch::kTimes, Watch::kContents}) {
    Player player(trace, *plan, watch);
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(player.Play(), "");
      player.FreeTheRest();
    }
  }
}

TEST(PlayerTest, ManyThreadsHandBlocksOn) {
  RecordingMaker maker;
  constexpr uint64_t kThreads = 50;
  for (uint64_t round = 0; round < 50; ++round) {
    for (uint64_t thread = 0; thread < kThreads; ++thread) {
      if (round > 0) maker.Free((thread + round) % kThreads, thread);
      maker.Malloc(thread, thread, 10 * thread + round);
    }
    maker.Cut();
  }
  const auto compiled = CompileRecording(maker.File());
  ASSERT_TRUE(compiled.ok());
  EXPECT_EQ(Replay(compiled->trace), "");
}

TEST(PlayerTest, ASwapIsSeen) {
  Trace trace = RichTrace();
  std::swap(trace.threads[0].operations[3], trace.threads[0].operations[4]);
  EXPECT_EQ(Replay(trace),
            "thread 0 did not do what was recorded in the order in which it "
            "was recorded");
}

TEST(PlayerTest, AnotherSizeIsSeen) {
  Trace trace = RichTrace();
  trace.threads[0].operations[5].bytes = 299;
  EXPECT_EQ(Replay(trace),
            "thread 0 holds -5605 bytes at the end; recorded were -5604");
}

TEST(PlayerTest, AnotherSizeThatEndsIsSeen) {
  Trace trace = RichTrace();
  trace.threads[1].operations[2].bytes = 6001;
  EXPECT_NE(Replay(trace), "");
}

TEST(PlayerTest, AWrongSumIsSeen) {
  Trace trace = RichTrace();
  ++trace.live_bytes;
  EXPECT_EQ(Replay(trace), "at the end 301 bytes are live; recorded were 302");
}

TEST(PlayerTest, AnOperationLessIsSeen) {
  RecordingMaker maker;
  for (uintptr_t i = 0; i < ThreadTotals::kOperationsBetween + 1; ++i) {
    maker.Malloc(1, i, 0);
  }
  const Trace trace = CompileRecording(maker.File())->trace;
  EXPECT_EQ(Replay(trace), "");
  Trace shorter = trace;
  shorter.threads[0].operations.resize(1);
  EXPECT_EQ(Replay(shorter),
            "thread 0 did another number of operations than was recorded");
  Trace less = trace;
  less.threads[0].operations[7].bytes = 1;
  EXPECT_EQ(Replay(less),
            "thread 0 holds 1 bytes after 4096 operations; recorded were 0");
}

}  // namespace
}  // namespace headroom::replay
