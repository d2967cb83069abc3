#include "allocator/pages/decay.h"

#include <cmath>
#include <cstdint>

#include "allocator/base/units.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(DecayTest, HalfIsLeftAfterASecond) {
  for (size_t pages : {1000u, 131072u, 10000000u}) {
    for (uint64_t ticks : {1u, 5u, 10u, 20u, 50u}) {
      const double expected = pages * std::exp2(-double(ticks) / 10);
      const double left = PagesLeftAfter({pages}, ticks).value;
      EXPECT_NEAR(left, expected, expected * 0.01 + ticks) << ticks;
    }
  }
}

TEST(DecayTest, EverythingGoesInTheEnd) {
  EXPECT_EQ(PagesLeftAfter({size_t{1} << 34}, 399).value, 0u);
  EXPECT_EQ(PagesLeftAfter({size_t{1} << 34}, ~uint64_t{0}).value, 0u);
  EXPECT_EQ(PagesLeftAfter({0}, 5).value, 0u);
  EXPECT_EQ(PagesLeftAfter({77}, 0).value, 77u);
}

class DecayWindowTest : public ::testing::Test {
 protected:
  DecayWindowTest() { decay_.EndWindow(now_, {0}); }
  PageCount EndAfter(uint64_t ms, size_t dirty) {
    now_ += ms;
    return decay_.EndWindow(now_, {dirty});
  }
  DirtyDecay decay_;
  uint64_t now_ = 5000;
};

TEST_F(DecayWindowTest, TicksEvery100Milliseconds) {
  EXPECT_FALSE(decay_.TickIsDue(5000));
  EXPECT_FALSE(decay_.TickIsDue(5099));
  EXPECT_TRUE(decay_.TickIsDue(5100));
}

TEST_F(DecayWindowTest, PagesFreedInTheWindowStay) {
  EXPECT_EQ(EndAfter(100, 5000).value, 0u);
  EXPECT_EQ(EndAfter(100, 5000).value, 5000 - PagesLeftAfter({5000}, 1).value);
}

TEST_F(DecayWindowTest, OnlyWhatWasIdleAllTheTimeCounts) {
  EndAfter(100, 5000);
  decay_.NoteDirty({300});
  EXPECT_EQ(EndAfter(100, 5000).value, 300 - PagesLeftAfter({300}, 1).value);
  decay_.NoteDirty({0});
  EXPECT_EQ(EndAfter(100, 5000).value, 0u);
}

TEST_F(DecayWindowTest, AnIdleHeapHalvesEachSecond) {
  size_t dirty = 100000;
  EndAfter(100, dirty);
  for (int second = 1; second <= 6; ++second) {
    for (int tick = 0; tick < 10; ++tick) dirty -= EndAfter(100, dirty).value;
    EXPECT_NEAR(dirty, 100000 / std::exp2(second), 100);
  }
}

TEST_F(DecayWindowTest, ALongPauseCountsInFull) {
  EndAfter(100, 100000);
  const size_t left = 100000 - EndAfter(2000, 100000).value;
  EXPECT_NEAR(left, 25000, 100);
  EXPECT_EQ(EndAfter(3600000, left).value, left);
}

TEST_F(DecayWindowTest, ASmallRestGoesAtOnceButNeverMoreThanThereIs) {
  EndAfter(100, 20);
  EXPECT_EQ(EndAfter(100, 20), kLeastRelease);
  EXPECT_EQ(EndAfter(100, 4).value, 4u);
  EXPECT_EQ(EndAfter(100, 0).value, 0u);
}

TEST(DirtyCapTest, IsTheFloorOrAQuarter) {
  EXPECT_EQ(DirtyCap({0}), kDirtyFloor);
  EXPECT_EQ(DirtyCap({4 * kDirtyFloor.value}), kDirtyFloor);
  EXPECT_EQ(DirtyCap({40 * kDirtyFloor.value}).value, 10 * kDirtyFloor.value);
}

}  // namespace
}  // namespace headroom
