#include "allocator/central/central_cache.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "tests/central/central_fixture.h"

namespace headroom {
namespace {

class CentralCacheTest : public CentralFixture {
 protected:
  void ExpectNothingLeft() {
    EXPECT_EQ(PagesInUse(), 0u);
    for (size_t i = 0; i < kSizeClassCount; ++i) {
      EXPECT_EQ(central_.stats(static_cast<SizeClass>(i)).carved_blocks, 0u);
    }
  }
};

TEST_F(CentralCacheTest, SpansGoBackToThePageHeapWithTheirLastBlock) {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    std::vector<Batch> batches;
    for (int k = 0; k < 40; ++k) {
      batches.push_back(central_.Take(size_class, k % 3, 1 + k));
      ASSERT_GE(batches.back().count, 1u);
      ASSERT_LE(batches.back().count, 1u + k);
    }
    for (const Batch& batch : batches) central_.Put(size_class, 0, batch);
  }
  central_.Scavenge(/*all=*/true);
  ExpectNothingLeft();
}

// Small batches would wear the stacks out.
TEST_F(CentralCacheTest, OnlyWorthyBatchesAreStacked) {
  const Batch small = central_.Take(0, 0, 10);
  const Batch full = central_.Take(0, 0, 400);
  central_.Put(0, 0, small);
  EXPECT_EQ(central_.stats(0).stacked_blocks, 0u);
  EXPECT_EQ(central_.stats(0).span_blocks, small.count);
  central_.Put(0, 0, full);
  EXPECT_EQ(central_.stats(0).stacked_blocks, full.count);
  const auto largest = static_cast<SizeClass>(kSizeClassCount - 1);
  const Batch one = central_.Take(largest, 0, 1);
  central_.Put(largest, 0, one);
  EXPECT_EQ(central_.stats(largest).stacked_blocks, 1u);
}

// Another thread's full batch is no reason for a caller that wants one block
// to hold five hundred.
TEST_F(CentralCacheTest, TakeGivesNoMoreThanWanted) {
  const Batch full = central_.Take(0, 0, 400);
  const std::vector<void*> blocks = BlocksOf(full);
  central_.Put(0, 0, full);
  const Batch some = central_.Take(0, 0, 7);
  EXPECT_EQ(BlocksOf(some),
            std::vector<void*>(blocks.begin(), blocks.begin() + 7));
  const Batch one = central_.Take(0, 5, 1);
  EXPECT_EQ(BlocksOf(one).size(), 1u);
  const CentralStats stats = central_.stats(0);
  EXPECT_EQ(stats.carved_blocks, 8 + stats.stacked_blocks + stats.span_blocks);
  EXPECT_EQ(stats.stacked_blocks, blocks.size() - 8);
}

TEST_F(CentralCacheTest, OutOfMemoryIsEmptyAndPasses) {
  const Batch before = central_.Take(kClass, 0, 10);
  source_.grow_works = false;
  std::vector<Batch> batches;
  for (;;) {
    const Batch batch = central_.Take(kClass, 0, 100);
    if (batch.count == 0) break;
    batches.push_back(batch);
  }
  EXPECT_EQ(central_.Take(kClass, 0, 1).count, 0u);
  EXPECT_EQ(central_.Take(0, 3, 1).count, 0u);
  // What is free still serves.
  central_.Put(kClass, 0, batches.back());
  batches.back() = central_.Take(kClass, 0, 100);
  EXPECT_GE(batches.back().count, 1u);
  source_.grow_works = true;
  batches.push_back(central_.Take(kClass, 0, 100));
  EXPECT_GE(batches.back().count, 1u);
  central_.Put(kClass, 0, before);
  for (const Batch& batch : batches) central_.Put(kClass, 0, batch);
  central_.Scavenge(/*all=*/true);
  ExpectNothingLeft();
}

TEST_F(CentralCacheTest, NoRecordForASpanIsOutOfMemoryToo) {
  arena_source_.grow_works = false;
  EXPECT_EQ(central_.Take(kClass, 0, 1).count, 0u);
  arena_source_.grow_works = true;
  EXPECT_GE(central_.Take(kClass, 0, 1).count, 1u);
}

TEST_F(CentralCacheTest, ScavengeLeavesWhatIsInUse) {
  const Batch batch = central_.Take(0, 0, 400);
  central_.Put(0, 0, batch);
  for (int i = 0; i < 5; ++i) {
    central_.Scavenge(/*all=*/false);
    central_.Put(0, 0, central_.Take(0, 0, 400));
  }
  EXPECT_EQ(central_.stats(0).stacked_blocks, batch.count);
  for (int i = 0; i < 3; ++i) central_.Scavenge(/*all=*/false);
  ExpectNothingLeft();
}

TEST_F(CentralCacheTest, ThreadsAtOnceLoseNothing) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      std::vector<Batch> mine;
      for (uint32_t i = 0; i < 3000; ++i) {
        const auto size_class = static_cast<SizeClass>(i % 3 * 20);
        if (i % 500 == 499) central_.Scavenge(/*all=*/i % 1000 == 999);
        mine.push_back(central_.Take(size_class, t, 1 + i % 90));
        if (i % 60 < 57) continue;
        for (uint32_t k = 0; k < mine.size(); ++k) {
          const uint32_t first = i + 1 - static_cast<uint32_t>(mine.size());
          central_.Put(static_cast<SizeClass>((first + k) % 3 * 20), t,
                       mine[k]);
        }
        mine.clear();
      }
      for (uint32_t k = 0; k < mine.size(); ++k) {
        const uint32_t first = 3000 - static_cast<uint32_t>(mine.size());
        central_.Put(static_cast<SizeClass>((first + k) % 3 * 20), t, mine[k]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  central_.Scavenge(/*all=*/true);
  ExpectNothingLeft();
}

}  // namespace
}  // namespace headroom
