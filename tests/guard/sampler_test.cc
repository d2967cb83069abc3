#include "allocator/guard/sampler.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(SamplerTest, OffByDefaultAndWithZero) {
  constinit static Sampler off;
  EXPECT_FALSE(off.is_on());
  EXPECT_EQ(off.Next(), Sampler::kNever);
  EXPECT_EQ(Sampler(123, 0).Next(), Sampler::kNever);
}

TEST(SamplerTest, OneIsEveryAllocation) {
  Sampler sampler(5, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sampler.Next(), 1u);
}

TEST(SamplerTest, TheMeanIsNAndTheWholeRangeIsUsed) {
  for (uint32_t every : {2u, 10u, 5000u}) {
    Sampler sampler(77, every);
    uint64_t sum = 0;
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;
    constexpr int kRounds = 200000;
    for (int i = 0; i < kRounds; ++i) {
      const uint32_t next = sampler.Next();
      sum += next;
      least = std::min(least, next);
      most = std::max(most, next);
    }
    EXPECT_NEAR(static_cast<double>(sum) / kRounds, every, every * 0.01);
    EXPECT_GE(least, 1u);
    EXPECT_LE(least, 1 + every / 100);
    EXPECT_LE(most, 2 * every - 1);
    EXPECT_GE(most, 2 * every - 1 - every / 100);
  }
}

TEST(SamplerTest, SeedsDiffer) {
  std::set<uint32_t> first;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    first.insert(Sampler(seed, 1000000).Next());
  }
  EXPECT_GT(first.size(), 95u);
}

TEST(SamplerTest, TheLargestDistanceFits) {
  Sampler sampler(1, UINT32_MAX);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(sampler.Next(), 2 * Sampler::kMaxEvery);
  }
}

}  // namespace
}  // namespace headroom
