#include "allocator/central/central_cache.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "tests/block/closed_memory.h"
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
    std::vector<Blocks> batches;
    for (uint32_t k = 0; k < 40; ++k) {
      batches.push_back(Take(size_class, k % 3, 1 + k));
      ASSERT_GE(batches.back().size(), 1u);
    }
    for (const Blocks& batch : batches) Put(size_class, 0, batch);
  }
  central_.Scavenge(/*all=*/true);
  ExpectNothingLeft();
}

// Small batches would wear the stacks out.
TEST_F(CentralCacheTest, OnlyWorthyBatchesAreStacked) {
  const Blocks small = Take(0, 0, 10);
  const Blocks full = Take(0, 0, 400);
  Put(0, 0, small);
  EXPECT_EQ(central_.stats(0).stacked_blocks, 0u);
  EXPECT_EQ(central_.stats(0).span_blocks, small.size());
  Put(0, 0, full);
  EXPECT_EQ(central_.stats(0).stacked_blocks, full.size());
  const auto largest = static_cast<SizeClass>(kSizeClassCount - 1);
  Put(largest, 0, Take(largest, 0, 1));
  EXPECT_EQ(central_.stats(largest).stacked_blocks, 1u);
}

// What finds no room goes to its span.
TEST_F(CentralCacheTest, AFullStackLosesNothing) {
  const uint32_t capacity = StackCapacity(kClass);
  Blocks all;
  while (all.size() < capacity + 300) {
    const Blocks more = Take(kClass, 0, 100);
    all.insert(all.end(), more.begin(), more.end());
  }
  Put(kClass, 0, all);
  const CentralStats stats = central_.stats(kClass);
  EXPECT_EQ(stats.stacked_blocks, capacity);
  EXPECT_EQ(stats.span_blocks, all.size() - capacity);
  // The stacks' room is gone with the arena: all go to their spans.
  arena_source_.grow_works = false;
  Put(0, 0, Take(0, 0, 1));
  EXPECT_EQ(central_.stats(0).stacked_blocks, 0u);
}

TEST_F(CentralCacheTest, TakeGivesNoMoreThanWantedAndTheYoungestFirst) {
  const Blocks full = Take(0, 0, 400);
  Put(0, 0, full);
  EXPECT_EQ(Take(0, 0, 7), Blocks(full.end() - 7, full.end()));
  // Another shard's, from the bottom.
  EXPECT_EQ(Take(0, 5, 1), Blocks(full.begin(), full.begin() + 1));
  const CentralStats stats = central_.stats(0);
  EXPECT_EQ(stats.carved_blocks, 8 + stats.stacked_blocks + stats.span_blocks);
  EXPECT_EQ(stats.stacked_blocks, full.size() - 8);
}

TEST_F(CentralCacheTest, OutOfMemoryIsEmptyAndPasses) {
  const Blocks before = Take(kClass, 0, 10);
  source_.grow_works = false;
  std::vector<Blocks> batches;
  for (;;) {
    const Blocks batch = Take(kClass, 0, 100);
    if (batch.empty()) break;
    batches.push_back(batch);
  }
  EXPECT_TRUE(Take(kClass, 0, 1).empty());
  EXPECT_TRUE(Take(0, 3, 1).empty());
  // What is free still serves.
  Put(kClass, 0, batches.back());
  batches.back() = Take(kClass, 0, 100);
  EXPECT_GE(batches.back().size(), 1u);
  source_.grow_works = true;
  batches.push_back(Take(kClass, 0, 100));
  EXPECT_GE(batches.back().size(), 1u);
  Put(kClass, 0, before);
  for (const Blocks& batch : batches) Put(kClass, 0, batch);
  central_.Scavenge(/*all=*/true);
  ExpectNothingLeft();
}

TEST_F(CentralCacheTest, NoRecordForASpanIsOutOfMemoryToo) {
  arena_source_.grow_works = false;
  EXPECT_TRUE(Take(kClass, 0, 1).empty());
  arena_source_.grow_works = true;
  EXPECT_EQ(Take(kClass, 0, 1).size(), 1u);
}

// A span's bitmap is used again, whatever it held.
TEST_F(CentralCacheTest, SpansComeAndGoWithoutNewMetadata) {
  size_t used = 0;
  for (int i = 0; i < 200; ++i) {
    const auto size_class = static_cast<SizeClass>(i % 2 * 3);
    std::vector<Blocks> batches;
    for (int k = 0; k < 20; ++k) batches.push_back(Take(size_class, 0, 200));
    for (const Blocks& batch : batches) Put(size_class, 0, batch);
    central_.Scavenge(/*all=*/true);
    ExpectNothingLeft();
    if (i == 10) used = arena_.stats().used_bytes;
  }
  EXPECT_EQ(arena_.stats().used_bytes, used);
}

// So that a block that is handed out under zero_on_free reads as zero.
TEST_F(CentralCacheTest, WhereFreedIsZeroedSpansAreToo) {
  Span* dirty = pages_.NewSpan(PageCount{64}, SpanUse::kLarge);
  std::memset(reinterpret_cast<void*>(dirty->memory.start), 0xa5,
              dirty->memory.bytes);
  pages_.DeleteSpan(dirty);
  options_.zero_on_free = true;
  for (void* block : Take(kClass, 0, 60)) {
    const size_t bytes = UsableBytesOf(kClass);
    EXPECT_EQ(ReadClosed(block, bytes), std::vector<char>(bytes));
  }
}

TEST_F(CentralCacheTest, ScavengeLeavesWhatIsInUse) {
  const Blocks batch = Take(0, 0, 400);
  Put(0, 0, batch);
  for (int i = 0; i < 5; ++i) {
    central_.Scavenge(/*all=*/false);
    Put(0, 0, Take(0, 0, 400));
  }
  EXPECT_EQ(central_.stats(0).stacked_blocks, batch.size());
  for (int i = 0; i < 3; ++i) central_.Scavenge(/*all=*/false);
  ExpectNothingLeft();
}

TEST_F(CentralCacheTest, ThreadsAtOnceLoseNothing) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      std::vector<std::pair<SizeClass, Blocks>> mine;
      for (uint32_t i = 0; i < 3000; ++i) {
        const auto size_class = static_cast<SizeClass>(i % 3 * 20);
        if (i % 500 == 499) central_.Scavenge(/*all=*/i % 1000 == 999);
        mine.emplace_back(size_class, Take(size_class, t, 1 + i % 90));
        if (i % 60 < 57 && i + 1 < 3000) continue;
        for (const auto& [c, blocks] : mine) Put(c, t, blocks);
        mine.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  central_.Scavenge(/*all=*/true);
  ExpectNothingLeft();
}

}  // namespace
}  // namespace headroom
