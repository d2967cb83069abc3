#include "allocator/thread/thread_cache.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <vector>

#include "tests/thread/thread_fixture.h"

namespace headroom {
namespace {

class ThreadCacheTest : public ThreadFixture {
 protected:
  ~ThreadCacheTest() override {
    End(&cache_);
    EXPECT_EQ(budget_.reserved(), 0u);
  }
  uint32_t Capacity() { return MagazineOf(cache_, kClass).capacity(); }

  ThreadCache& cache_ = *registry_.Attach();
};

TEST_F(ThreadCacheTest, PoppedBlocksAreDistinctAndConserved) {
  std::vector<void*> blocks = PopMany(cache_, kClass, 3000);
  EXPECT_EQ(LiveBlocks(kClass), 3000u);
  std::sort(blocks.begin(), blocks.end());
  EXPECT_EQ(std::unique(blocks.begin(), blocks.end()), blocks.end());
  PushAll(cache_, kClass, blocks);
  EXPECT_EQ(LiveBlocks(kClass), 0u);
}

// To two batches, by doubling.
TEST_F(ThreadCacheTest, MagazinesGrowWithUse) {
  EXPECT_EQ(Capacity(), 0u);
  std::vector<void*> blocks = PopMany(cache_, kClass, 1);
  const uint32_t first = Capacity();
  EXPECT_GE(first, 1u);
  EXPECT_LE(first * StrideOf(kClass), 2 * 1024u);
  const uint32_t most = std::bit_ceil(2 * kSizeClasses[kClass].max_batch) - 1;
  for (uint32_t before = first; before < most; before = Capacity()) {
    while (Capacity() == before) {
      blocks.push_back(Pop(cache_, kClass));
      ASSERT_LT(blocks.size(), 10000u) << "does not grow";
    }
    ASSERT_EQ(Capacity() + 1, 2 * (before + 1));
    EXPECT_EQ(budget_.reserved(), Capacity() * StrideOf(kClass));
  }
  const std::vector<void*> more = PopMany(cache_, kClass, 5000);
  EXPECT_EQ(Capacity(), most);
  PushAll(cache_, kClass, blocks);
  PushAll(cache_, kClass, more);
  EXPECT_LE(cache_.cached_blocks(kClass), Capacity());
  EXPECT_EQ(LiveBlocks(kClass), 0u);
}

TEST_F(ThreadCacheTest, AThreadAtABoundaryDoesNotTravel) {
  std::vector<void*> blocks = PopMany(cache_, kClass, 10000);
  PushAll(cache_, kClass, blocks);
  blocks.clear();
  const uint64_t locks = central_.stats(kClass).lock_acquisitions;
  for (int i = 0; i < 1000; ++i) {
    // To either side of a full magazine.
    blocks = PopMany(cache_, kClass, 3);
    PushAll(cache_, kClass, blocks);
    Push(cache_, kClass, Pop(cache_, kClass));
  }
  EXPECT_LE(central_.stats(kClass).lock_acquisitions, locks + 4);
}

TEST_F(ThreadCacheTest, WithTheBudgetSpentNothingStays) {
  SpendBudget();
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    const std::vector<void*> blocks = PopMany(cache_, size_class, 100);
    EXPECT_EQ(cache_.cached_blocks(size_class), 0u);
    PushAll(cache_, size_class, blocks);
    EXPECT_EQ(cache_.cached_blocks(size_class), 0u);
    EXPECT_EQ(LiveBlocks(size_class), 0u);
  }
  central_.Scavenge(/*all=*/true);
  EXPECT_EQ(PagesInUse(), 0u);
  ReturnSpent(0);
}

// Full batches that richer threads left on the stacks make no difference.
TEST_F(ThreadCacheTest, WithTheBudgetSpentNoBatchStays) {
  ThreadCache& rich = *registry_.Attach();
  PushAll(rich, kClass, PopMany(rich, kClass, 5000));
  End(&rich);
  ASSERT_GT(central_.stats(kClass).stacked_blocks, 0u);
  SpendBudget();
  void* block = Pop(cache_, kClass);
  EXPECT_EQ(cache_.cached_blocks(kClass), 0u);
  EXPECT_EQ(LiveBlocks(kClass), 1u);
  Push(cache_, kClass, block);
  EXPECT_EQ(cache_.cached_blocks(kClass), 0u);
  ReturnSpent(0);
}

TEST_F(ThreadCacheTest, HoldsNoMoreThanItReserved) {
  ThreadCache& other = *registry_.Attach();
  std::mt19937 random(1);
  std::vector<std::pair<SizeClass, void*>> blocks;
  for (int i = 0; i < 60000; ++i) {
    ThreadCache& cache = random() % 2 == 0 ? cache_ : other;
    const bool grows = i / 5000 % 2 == 0;
    if (blocks.empty() || random() % 100 < (grows ? 80 : 20)) {
      const auto size_class = static_cast<SizeClass>(random() % 40);
      blocks.push_back({size_class, Pop(cache, size_class)});
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      Push(cache, blocks.back().first, blocks.back().second);
      blocks.pop_back();
    }
    if (i % 500 == 0) now_ms_ += 100;
    if (i % 97 != 0) continue;
    ASSERT_LE(CachedBytes(cache_) + CachedBytes(other), budget_.reserved());
    ASSERT_LE(budget_.reserved(), budget_.limit());
  }
  for (const auto& [size_class, block] : blocks) {
    Push(cache_, size_class, block);
  }
  End(&other);
}

TEST_F(ThreadCacheTest, WhoComesFirstDoesNotStarveTheOthers) {
  ThreadCache& late = *registry_.Attach();
  for (SizeClass size_class = 0; size_class < 60; ++size_class) {
    PushAll(cache_, size_class, PopMany(cache_, size_class, 2000));
  }
  EXPECT_LE(cache_.reserved(), budget_.limit() / 2);
  EXPECT_GT(cache_.reserved(), budget_.limit() / 4);
  PushAll(late, kClass, PopMany(late, kClass, 2000));
  EXPECT_GE(MagazineOf(late, kClass).capacity(), 64u);
  End(&late);
}

TEST_F(ThreadCacheTest, AThreadThatOnlyFreesDoesNotHoard) {
  ThreadCache& producer = *registry_.Attach();
  for (const SizeClass size_class : {SizeClass{0}, kClass, SizeClass{30}}) {
    const std::vector<void*> blocks = PopMany(producer, size_class, 20000);
    PushAll(cache_, size_class, blocks);
    EXPECT_LE(cache_.cached_blocks(size_class) * StrideOf(size_class),
              std::max<size_t>(32 * 1024, 2 * StrideOf(size_class)));
  }
  End(&producer);
}

TEST_F(ThreadCacheTest, IdleClassesAreReleased) {
  constexpr SizeClass kBusy = 10;
  PushAll(cache_, kClass, PopMany(cache_, kClass, 1000));
  EXPECT_GT(cache_.cached_blocks(kClass), 0u);
  const size_t reserved = budget_.reserved();
  for (int i = 0; i < 4; ++i) {
    now_ms_ += 1100;
    PushAll(cache_, kBusy, PopMany(cache_, kBusy, 20000));
  }
  EXPECT_EQ(cache_.cached_blocks(kClass), 0u);
  EXPECT_EQ(Capacity(), 0u);
  EXPECT_GT(cache_.cached_blocks(kBusy), 0u);
  EXPECT_LT(budget_.reserved(),
            reserved + 4 * kMaxBatchBlocks * StrideOf(kBusy));
  PushAll(cache_, kClass, PopMany(cache_, kClass, 10));
  EXPECT_GT(cache_.cached_blocks(kClass), 0u);
}

TEST_F(ThreadCacheTest, FlushReturnsBlocksAndBudget) {
  const std::vector<void*> kept = PopMany(cache_, 20, 10);
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    PushAll(cache_, size_class, PopMany(cache_, size_class, 50));
  }
  EXPECT_GT(budget_.reserved(), 0u);
  cache_.Flush();
  EXPECT_EQ(budget_.reserved(), 0u);
  EXPECT_EQ(CachedBytes(cache_), 0u);
  EXPECT_EQ(LiveBlocks(20), 10u);
  PushAll(cache_, 20, kept);
}

TEST_F(ThreadCacheTest, OutOfMemoryIsNullAndPasses) {
  source_.grow_works = false;
  EXPECT_EQ(cache_.Pop(kClass), nullptr);
  EXPECT_EQ(cache_.Pop(kClass), nullptr);
  source_.grow_works = true;
  Push(cache_, kClass, Pop(cache_, kClass));
  EXPECT_EQ(LiveBlocks(kClass), 0u);
}

// No room for cells is no reason to fail while there are blocks.
TEST_F(ThreadCacheTest, WithoutCellsItServesBlockByBlock) {
  ThreadCache& rich = *registry_.Attach();
  std::vector<void*> blocks = PopMany(rich, kClass, 1000);
  // Every other one stays: a span that leaves takes its cells along.
  std::vector<void*> kept;
  for (size_t i = 0; i < 500; ++i) {
    kept.push_back(blocks[i]);
    blocks.erase(blocks.begin() + static_cast<ptrdiff_t>(i));
  }
  arena_source_.grow_works = false;
  for (uint32_t count = CellPool::kMostCells; count > 0; count /= 2) {
    while (cells_.Allocate(count) != nullptr) {
    }
  }
  PushAll(cache_, kClass, blocks);
  EXPECT_EQ(Capacity(), 0u);
  EXPECT_EQ(cache_.reserved(), 0u);
  PushAll(cache_, kClass, PopMany(cache_, kClass, 400));
  EXPECT_EQ(Capacity(), 0u);
  EXPECT_EQ(LiveBlocks(kClass), 500u);
  PushAll(cache_, kClass, kept);
  End(&rich);
}

// What left a cache is used by the next.
TEST_F(ThreadCacheTest, CellsAreUsedAgain) {
  size_t used = 0;
  for (int i = 0; i < 100; ++i) {
    PushAll(cache_, kClass, PopMany(cache_, kClass, 5000));
    cache_.Flush();
    // The first one filled the page map.
    if (i == 1) used = arena_.stats().used_bytes;
  }
  EXPECT_EQ(arena_.stats().used_bytes, used);
}

TEST_F(ThreadCacheTest, ACacheThatIsNotAttachedHasNothing) {
  ThreadCache none;
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const uint64_t payload = PayloadOfClass(static_cast<SizeClass>(i));
    EXPECT_EQ(none.TryPop(keys_, payload, keys_.free(), keys_.live()), nullptr);
  }
  for (uint32_t slot = 0; slot < kSlotCount; ++slot) {
    EXPECT_TRUE(none.MagazineAt(PayloadOfSlot(slot)).is_closed());
  }
}

TEST_F(ThreadCacheTest, SamplesComeWhenTheyAreDue) {
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(cache_.SampleIsDue());
  cache_.SampleAfter(3);
  EXPECT_FALSE(cache_.SampleIsDue());
  EXPECT_FALSE(cache_.SampleIsDue());
  EXPECT_TRUE(cache_.SampleIsDue());
  EXPECT_FALSE(cache_.SampleIsDue());
}

TEST_F(ThreadCacheTest, BatchesComeBackToTheThreadThatSentThem) {
  ThreadCache& other = *registry_.Attach();
  std::vector<void*> mine = PopMany(cache_, kClass, 4000);
  std::vector<void*> theirs = PopMany(other, kClass, 4000);
  PushAll(cache_, kClass, mine);
  PushAll(other, kClass, theirs);
  std::vector<void*> again = PopMany(cache_, kClass, 2500);
  std::sort(mine.begin(), mine.end());
  size_t own = 0;
  for (void* block : again) {
    own += std::binary_search(mine.begin(), mine.end(), block);
  }
  EXPECT_EQ(own, again.size());
  PushAll(cache_, kClass, again);
  End(&other);
}

using ThreadCacheDeathTest = ThreadCacheTest;

TEST_F(ThreadCacheDeathTest, ASmashedBlockIsReportedAtItsPop) {
  void* block = Pop(cache_, kClass);
  Push(cache_, kClass, block);
  const uint64_t genuine = HeaderOf(block);
  for (const uint64_t word :
       {uint64_t{0}, ~uint64_t{0}, genuine ^ 1, genuine ^ uint64_t{1} << 40}) {
    HeaderOf(block) = word;
    EXPECT_DEATH(Pop(cache_, kClass), "corrupt free block.*0x");
  }
  HeaderOf(block) = genuine;
  EXPECT_EQ(Pop(cache_, kClass), block);
  Push(cache_, kClass, block);
}

}  // namespace
}  // namespace headroom
