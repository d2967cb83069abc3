#include "allocator/base/tally.h"

#include <thread>
#include <type_traits>

#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(TallyTest, CountsFromItsLastReset) {
  BasicTally<true> tally;
  tally.Hit();
  tally.Hit();
  tally.Miss();
  EXPECT_EQ(tally.counts().hits, 2);
  EXPECT_EQ(tally.counts().misses, 1);
  tally.Reset();
  EXPECT_EQ(tally.counts().hits, 0);
  EXPECT_EQ(tally.counts().misses, 0);
  tally.Miss();
  tally.Add({.hits = 7, .misses = 2});
  EXPECT_EQ(tally.counts().hits, 7);
  EXPECT_EQ(tally.counts().misses, 3);
}

TEST(TallyTest, AResetDoesNotDisturbWhoCounts) {
  constexpr int kHits = 100000;
  BasicTally<true> tally;
  std::thread owner([&] {
    for (int i = 0; i < kHits; ++i) tally.Hit();
  });
  for (int i = 0; i < 1000; ++i) {
    tally.Reset();
    EXPECT_LE(tally.counts().hits, kHits);
  }
  owner.join();
  EXPECT_LE(tally.counts().hits, kHits);
  tally.Reset();
  tally.Hit();
  EXPECT_EQ(tally.counts().hits, 1);
}

TEST(TallyTest, OtherBuildsHaveNone) {
  static_assert(std::is_empty_v<BasicTally<false>>);
  BasicTally<false> tally;
  tally.Hit();
  tally.Miss();
  tally.Add({.hits = 1, .misses = 1});
  EXPECT_EQ(tally.counts().hits, 0);
  EXPECT_EQ(tally.counts().misses, 0);
  tally.Reset();
}

}  // namespace
}  // namespace headroom
