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

TEST(CacheBudgetTest, HalfGoesToTheFirstAndHalfInShares) {
  CacheBudget budget(200 * kKib);
  budget.AddCache();
  budget.AddCache();  // a share is 50 KiB
  EXPECT_TRUE(budget.TryReserve(100 * kKib, 0));
  // The first half is gone: only within a share, whoever asks.
  EXPECT_FALSE(budget.TryReserve(1, 100 * kKib));
  EXPECT_FALSE(budget.TryReserve(50 * kKib + 1, 0));
  EXPECT_TRUE(budget.TryReserve(50 * kKib, 0));
  EXPECT_FALSE(budget.TryReserve(1, 50 * kKib));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX, 0));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX, SIZE_MAX));
  // A share shrinks as caches are born.
  for (int i = 0; i < 8; ++i) budget.AddCache();
  EXPECT_FALSE(budget.TryReserve(10 * kKib + 1, 0));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(budget.TryReserve(10 * kKib, 0));
  EXPECT_EQ(budget.reserved(), budget.limit());
  EXPECT_FALSE(budget.TryReserve(1, kAllowance));
  budget.Return(200 * kKib);
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
  CacheBudget budget(size_t{64} << 20);
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
  EXPECT_TRUE(budget.TryReserve(93 * kKib, 7 * kKib));
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
