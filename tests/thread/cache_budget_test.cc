#include "allocator/thread/cache_budget.h"

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr size_t kKib = 1024;
constexpr size_t kAllowance = CacheBudget::kAllowance;
constexpr size_t kMostShare = CacheBudget::kMostShare;
constexpr size_t kAlpha = CacheBudget::kAlpha;

// What each of `count` caches that want all there is comes to hold.
std::vector<size_t> HeldByHungry(CacheBudget& budget, size_t count) {
  std::vector<size_t> held(count);
  bool more = true;
  while (more) {
    more = false;
    for (size_t& mine : held) {
      if (!budget.TryReserve(kKib, mine)) continue;
      mine += kKib;
      more = true;
    }
  }
  return held;
}

TEST(CacheBudgetTest, HungryCachesGetTheSameAndLeaveSomething) {
  for (const size_t count : {1, 2, 4, 8, 30}) {
    CacheBudget budget(size_t{8} << 20);
    for (size_t i = 0; i < count; ++i) budget.AddCache();
    const size_t open = budget.limit() / 4 * 3;
    const double share =
        static_cast<double>(open) / (static_cast<double>(count) + 1.0 / kAlpha);
    for (const size_t held : HeldByHungry(budget, count)) {
      EXPECT_NEAR(static_cast<double>(held), share, 2.0 * kKib) << count;
    }
    EXPECT_LT(budget.reserved(), open);
  }
}

// What it gives back is for others, until all have the same.
TEST(CacheBudgetTest, AboveItsShareACacheGetsNothing) {
  CacheBudget budget(size_t{4} << 20);
  budget.AddCache();
  size_t first = HeldByHungry(budget, 1)[0];
  budget.AddCache();
  size_t late = HeldByHungry(budget, 1)[0];
  EXPECT_GT(late, CacheBudget::kMostShare);
  EXPECT_LT(late, first);
  EXPECT_FALSE(budget.TryReserve(kKib, first));
  while (first > late) {
    budget.Return(kKib);
    first -= kKib;
    if (budget.TryReserve(kKib, late)) late += kKib;
  }
  EXPECT_NEAR(static_cast<double>(late),
              static_cast<double>(budget.limit()) * 0.75 / 2.5, 4.0 * kKib);
}

TEST(CacheBudgetTest, AQuarterIsForSmallCaches) {
  CacheBudget budget(400 * kKib);
  for (int i = 0; i < 10; ++i) budget.AddCache();  // a share is 10 KiB
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(budget.TryReserve(10 * kKib, 0));
  EXPECT_FALSE(budget.TryReserve(10 * kKib + 1, 0));
  EXPECT_FALSE(budget.TryReserve(1, 10 * kKib));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX, 0));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX, SIZE_MAX));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(budget.TryReserve(10 * kKib, 0));
  EXPECT_EQ(budget.reserved(), budget.limit());
  EXPECT_FALSE(budget.TryReserve(1, kAllowance));
  budget.Return(400 * kKib);
  EXPECT_EQ(budget.reserved(), 0u);
}

TEST(CacheBudgetTest, EveryCacheHasItsAllowance) {
  CacheBudget budget(0);
  EXPECT_FALSE(budget.TryReserve(kAllowance + 1, 0));
  EXPECT_TRUE(budget.TryReserve(kAllowance, 0));
  EXPECT_FALSE(budget.TryReserve(1, kAllowance));
  EXPECT_TRUE(budget.TryReserve(100, kAllowance - 100));
  EXPECT_EQ(budget.reserved(), kAllowance + 100);
}

// Each takes all it can get while there are few, and sleeps.
TEST(CacheBudgetTest, HundredsOfHoardersLeaveAShareToTheNext) {
  CacheBudget budget(size_t{32} << 20);
  for (int hoarder = 0; hoarder < 200; ++hoarder) {
    budget.AddCache();
    size_t held = 0;
    while (budget.TryReserve(4 * kKib, held)) held += 4 * kKib;
  }
  budget.AddCache();
  EXPECT_TRUE(budget.TryReserve(kMostShare, 0));
}

TEST(CacheBudgetTest, ForkLeavesWhatTheChildHolds) {
  CacheBudget budget(200 * kKib);
  for (int i = 0; i < 10; ++i) budget.AddCache();
  ASSERT_TRUE(budget.TryReserve(90 * kKib, 0));
  budget.ResetAfterFork(1, 7 * kKib);
  EXPECT_EQ(budget.caches(), 1u);
  EXPECT_EQ(budget.reserved(), 7 * kKib);
  EXPECT_TRUE(budget.TryReserve(90 * kKib, 7 * kKib));
}

TEST(CacheBudgetTest, ManyThreadsNeverExceedIt) {
  CacheBudget budget(1000 * kKib);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&budget, t] {
      size_t mine = 0;
      for (size_t i = 0; i < 50000; ++i) {
        const size_t bytes = (9 + (i * 7 + t) % 300) * kKib;
        if (budget.TryReserve(bytes, mine)) mine += bytes;
        ASSERT_LE(budget.reserved(), budget.limit());
        if (i % 3 == 0) {
          budget.Return(mine);
          mine = 0;
        }
      }
      budget.Return(mine);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.reserved(), 0u);
}

}  // namespace
}  // namespace headroom
