#include "allocator/central/scavenger.h"

#include <cstdint>

#include "tests/central/central_fixture.h"

namespace headroom {
namespace {

class ScavengerTest : public CentralFixture {
 protected:
  ScavengerTest() { scavenger_.RunIfDue(); }

  // Leaves a whole batch on a stack.
  void MakeIdle() { Put(0, 0, Take(0, 0, 400)); }
  uint64_t Stacked() { return central_.stats(0).stacked_blocks; }
  uint64_t Rounds() { return central_.stats(1).lock_acquisitions; }
  void Advance(uint64_t ms) {
    now_ms_ += ms;
    scavenger_.RunIfDue();
  }

  Scavenger scavenger_{central_, pages_, &Now};
};

TEST_F(ScavengerTest, WorksOnceAPeriodAtMost) {
  const uint64_t rounds = Rounds();
  for (uint64_t ms = 1; ms < Scavenger::kPeriodMs; ++ms) Advance(1);
  EXPECT_EQ(Rounds(), rounds);
  Advance(1);
  const uint64_t one = Rounds() - rounds;
  EXPECT_GT(one, 0u);
  Advance(0);
  Advance(1);
  EXPECT_EQ(Rounds(), rounds + one);
  // However long it slept, once.
  Advance(100 * Scavenger::kPeriodMs);
  EXPECT_EQ(Rounds(), rounds + 2 * one);
}

TEST_F(ScavengerTest, IdleBlocksGoBackWithinThreePeriods) {
  MakeIdle();
  Advance(Scavenger::kPeriodMs);
  EXPECT_GT(Stacked(), 0u);
  Advance(Scavenger::kPeriodMs);
  Advance(Scavenger::kPeriodMs);
  EXPECT_EQ(Stacked(), 0u);
  EXPECT_EQ(PagesInUse(), 0u);
}

TEST_F(ScavengerTest, BlocksInUseStay) {
  MakeIdle();
  for (int i = 0; i < 10; ++i) {
    Advance(Scavenger::kPeriodMs);
    MakeIdle();
    EXPECT_GT(Stacked(), 0u);
  }
}

TEST_F(ScavengerTest, FreePagesDecay) {
  Span* span = pages_.NewSpan(PageCount{1000}, SpanUse::kLarge);
  pages_.DeleteSpan(span);
  EXPECT_GE(pages_.stats().free_dirty.value, 1000u);
  for (int i = 0; i < 60; ++i) Advance(Scavenger::kPeriodMs);
  EXPECT_EQ(pages_.stats().free_dirty.value, 0u);
}

}  // namespace
}  // namespace headroom
