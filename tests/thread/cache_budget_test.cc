#include "allocator/thread/cache_budget.h"

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(CacheBudgetTest, GivesWhatIsLeftAndNoMore) {
  CacheBudget budget(100);
  EXPECT_TRUE(budget.TryReserve(60));
  EXPECT_FALSE(budget.TryReserve(41));
  EXPECT_EQ(budget.reserved(), 60u);
  EXPECT_TRUE(budget.TryReserve(40));
  EXPECT_FALSE(budget.TryReserve(1));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX));
  EXPECT_TRUE(budget.TryReserve(0));
  budget.Return(100);
  EXPECT_EQ(budget.reserved(), 0u);
}

TEST(CacheBudgetTest, ManyThreadsNeverExceedIt) {
  CacheBudget budget(1000);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&budget, t] {
      size_t mine = 0;
      for (size_t i = 0; i < 50000; ++i) {
        const size_t bytes = 1 + (i * 7 + t) % 300;
        if (budget.TryReserve(bytes)) mine += bytes;
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
