#include "allocator/thread/cache_budget.h"

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(CacheBudgetTest, HalfGoesToTheFirstAndHalfInShares) {
  CacheBudget budget(200);
  budget.AddCache();
  budget.AddCache();  // a share is 50
  EXPECT_TRUE(budget.TryReserve(100, 0));
  // The first half is gone: only within a share, whoever asks.
  EXPECT_FALSE(budget.TryReserve(1, 100));
  EXPECT_FALSE(budget.TryReserve(51, 0));
  EXPECT_TRUE(budget.TryReserve(50, 0));
  EXPECT_FALSE(budget.TryReserve(1, 50));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX, 0));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX, SIZE_MAX));
  // A share shrinks as caches are born.
  for (int i = 0; i < 8; ++i) budget.AddCache();
  EXPECT_FALSE(budget.TryReserve(11, 0));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(budget.TryReserve(10, 0));
  EXPECT_EQ(budget.reserved(), budget.limit());
  EXPECT_FALSE(budget.TryReserve(1, 0));
  EXPECT_TRUE(budget.TryReserve(0, 0));
  budget.Return(200);
  EXPECT_EQ(budget.reserved(), 0u);
}

TEST(CacheBudgetTest, ForkLeavesWhatTheChildHolds) {
  CacheBudget budget(200);
  for (int i = 0; i < 10; ++i) budget.AddCache();
  ASSERT_TRUE(budget.TryReserve(90, 0));
  budget.ResetAfterFork(1, 7);
  EXPECT_EQ(budget.caches(), 1u);
  EXPECT_EQ(budget.reserved(), 7u);
  EXPECT_TRUE(budget.TryReserve(93, 7));
}

TEST(CacheBudgetTest, ManyThreadsNeverExceedIt) {
  CacheBudget budget(1000);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&budget, t] {
      size_t mine = 0;
      for (size_t i = 0; i < 50000; ++i) {
        const size_t bytes = 1 + (i * 7 + t) % 300;
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
