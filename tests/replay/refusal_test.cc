#include <cstdint>
#include <string>

#include "bench/replay/plan.h"
#include "bench/replay/player.h"
#include "bench/replay/recording.h"
#include "gtest/gtest.h"
#include "tests/replay/recording_maker.h"

namespace headroom::replay {
namespace {

// A sanitizer's malloc would end the process.
TEST(RefusalTest, AMallocThatRefusesEndsAllThreads) {
  Trace trace = CompileRecording(RichRecording())->trace;
  trace.threads[1].operations[2].bytes = uint64_t{1} << 60;
  const auto plan = MakePlan(trace);
  ASSERT_TRUE(plan.ok()) << plan.status();
  for (const Watch watch : {Watch::kNothing, Watch::kTimes, Watch::kContents}) {
    EXPECT_EQ(Player(trace, *plan, watch).Play(),
              "thread 1, operation 2: no memory for 1152921504606846976 bytes");
  }
}

}  // namespace
}  // namespace headroom::replay
