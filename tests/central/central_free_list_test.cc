#include "allocator/central/central_free_list.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "tests/central/central_fixture.h"

namespace headroom {
namespace {

class CentralFreeListTest : public CentralFixture {
 protected:
  CentralFreeList& list_ = (*lists_)[kClass];

  Batch AddSpan(uint32_t shard, uint32_t want) {
    return list_.AddSpan(keys_, NewSpan(kClass), shard, want);
  }
  // All blocks of a fresh span.
  std::vector<void*> CutSpan() {
    std::vector<void*> blocks = BlocksOf(AddSpan(15, 100));
    while (blocks.size() < kSizeClasses[kClass].blocks_per_span) {
      const std::vector<void*> more = BlocksOf(list_.Take(keys_, 15, 100));
      blocks.insert(blocks.end(), more.begin(), more.end());
    }
    return blocks;
  }
  // Returns all of `batch`; the emptied spans, which leave the page map.
  std::vector<Span*> Return(Batch batch) {
    std::vector<Span*> spans;
    while (batch.count > 0) {
      Span* emptied = nullptr;
      list_.ReturnToSpans(keys_, map_, kClass, batch, emptied);
      for (; emptied != nullptr; emptied = emptied->next) {
        spans.push_back(emptied);
      }
    }
    for (Span* span : spans) pages_.DeleteSpan(span);
    return spans;
  }
  void ExpectConservation(uint64_t handed_out) {
    const CentralStats stats = list_.stats();
    EXPECT_EQ(stats.carved_blocks,
              handed_out + stats.stacked_blocks + stats.span_blocks);
  }
};

TEST_F(CentralFreeListTest, AnEmptyListAsksForASpan) {
  EXPECT_EQ(list_.Take(keys_, 0, 10).count, 0u);
}

TEST_F(CentralFreeListTest, AFreshSpanIsCutInAddressOrder) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  std::vector<void*> all = BlocksOf(AddSpan(0, 10));
  EXPECT_EQ(all.size(), 10u);
  while (all.size() < total) {
    const std::vector<void*> more = BlocksOf(list_.Take(keys_, 0, 100));
    ASSERT_FALSE(more.empty());
    all.insert(all.end(), more.begin(), more.end());
    ExpectConservation(all.size());
  }
  EXPECT_EQ(list_.Take(keys_, 0, 1).count, 0u);
  ASSERT_EQ(all.size(), total);
  for (size_t i = 1; i < all.size(); ++i) {
    ASSERT_EQ(static_cast<char*>(all[i]) - static_cast<char*>(all[i - 1]),
              static_cast<ptrdiff_t>(StrideOf(kClass)));
  }
  const Span* span = map_.Get(PageContaining(all[0]));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(all[0]),
            span->first.address() + kBlockAlignment);
  EXPECT_LE(reinterpret_cast<uintptr_t>(all.back()) + UsableBytesOf(kClass),
            (span->first + span->pages).address());
}

TEST_F(CentralFreeListTest, EveryClassCutsItsWholeSpan) {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    CentralFreeList& list = (*lists_)[i];
    Span* span = NewSpan(size_class);
    uint64_t count = list.AddSpan(keys_, span, 0, 1).count;
    while (const uint32_t more = list.Take(keys_, 0, 64).count) count += more;
    EXPECT_EQ(count, kSizeClasses[i].blocks_per_span);
    EXPECT_EQ(list.stats().carved_blocks, count);
  }
}

TEST_F(CentralFreeListTest, UncutSpansBelongToOneShard) {
  const std::vector<void*> a = BlocksOf(AddSpan(1, 5));
  EXPECT_EQ(list_.Take(keys_, 2, 5).count, 0u);
  const std::vector<void*> b = BlocksOf(AddSpan(2, 5));
  const std::vector<void*> c = BlocksOf(list_.Take(keys_, 1, 5));
  EXPECT_EQ(map_.Get(PageContaining(c[0])), map_.Get(PageContaining(a[0])));
  EXPECT_NE(map_.Get(PageContaining(b[0])), map_.Get(PageContaining(a[0])));
}

TEST_F(CentralFreeListTest, TwoThreadsOfOneShardMayBothAddASpan) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  uint64_t count = AddSpan(1, 5).count + AddSpan(1, 5).count;
  while (const uint32_t more = list_.Take(keys_, 1, 512).count) count += more;
  EXPECT_EQ(count, 2 * total);
}

TEST_F(CentralFreeListTest, AStackedBatchComesBackWholeToItsShardFirst) {
  const Batch a = AddSpan(1, 64);
  const Batch b = AddSpan(2, 64);
  ASSERT_TRUE(list_.Stack(arena_, kClass, 1, a));
  ASSERT_TRUE(list_.Stack(arena_, kClass, 2, b));
  ExpectConservation(0);
  EXPECT_EQ(list_.stats().stacked_blocks, 128u);
  const Batch again = list_.Take(keys_, 1, 3);
  EXPECT_EQ(again.head, a.head);
  EXPECT_EQ(again.count, 64u);
  // Nothing of its own is left: the other shard's.
  EXPECT_EQ(list_.Take(keys_, 1, 3).head, b.head);
}

// A stack holds up to 1 MiB of full batches.
TEST_F(CentralFreeListTest, AFullStackRefuses) {
  const size_t batch_bytes = StrideOf(kClass) * kSizeClasses[kClass].max_batch;
  size_t accepted = 0;
  while (list_.Stack(arena_, kClass, 0, AddSpan(0, 8))) ++accepted;
  EXPECT_EQ(accepted, (size_t{1} << 20) / batch_bytes);
  EXPECT_TRUE(list_.Stack(arena_, kClass, 1, AddSpan(0, 8)));
}

TEST_F(CentralFreeListTest, FreedBlocksComeFromTheFullestSpan) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  std::vector<void*> full = CutSpan();
  std::vector<void*> empty = CutSpan();
  std::vector<void*> freed(full.begin(), full.begin() + 3);
  Return(MakeBatch(freed));
  Return(MakeBatch({empty.begin(), empty.begin() + total - 10}));
  ExpectConservation(total - 3 + 10);
  std::vector<void*> taken = BlocksOf(list_.Take(keys_, 0, 3));
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, freed);
  // More than one span has: from several in one go, but no endless walk.
  EXPECT_EQ(list_.Take(keys_, 0, 1000).count, kMostBlocksWalked);
}

TEST_F(CentralFreeListTest, ASpanLeavesWithItsLastBlock) {
  std::vector<void*> blocks = CutSpan();
  Span* span = map_.Get(PageContaining(blocks[0]));
  void* last = blocks.back();
  blocks.pop_back();
  EXPECT_TRUE(Return(MakeBatch(blocks)).empty());
  EXPECT_EQ(Return(MakeBatch({last})), std::vector<Span*>{span});
  const CentralStats stats = list_.stats();
  EXPECT_EQ(stats.spans, 0u);
  EXPECT_EQ(stats.carved_blocks, 0u);
  EXPECT_EQ(stats.span_blocks, 0u);
  EXPECT_EQ(PagesInUse(), 0u);
}

TEST_F(CentralFreeListTest, AHalfCutSpanLeavesToo) {
  const Batch oldest = AddSpan(1, 5);
  const Batch middle = AddSpan(1, 6);
  const Batch youngest = AddSpan(1, 7);
  EXPECT_EQ(Return(middle).size(), 1u);
  EXPECT_EQ(Return(youngest).size(), 1u);
  const Batch more = list_.Take(keys_, 1, 5);
  EXPECT_EQ(map_.Get(PageContaining(more.head)),
            map_.Get(PageContaining(oldest.head)));
  Return(oldest);
  EXPECT_EQ(Return(more).size(), 1u);
  EXPECT_EQ(list_.Take(keys_, 1, 5).count, 0u);
}

TEST_F(CentralFreeListTest, ReturnWalksABoundedNumberOfBlocks) {
  Batch batch = AddSpan(0, 3 * kMostBlocksWalked / 2);
  Span* emptied = nullptr;
  list_.ReturnToSpans(keys_, map_, kClass, batch, emptied);
  EXPECT_EQ(batch.count, kMostBlocksWalked / 2);
  list_.ReturnToSpans(keys_, map_, kClass, batch, emptied);
  EXPECT_EQ(batch.count, 0u);
}

TEST_F(CentralFreeListTest, IdleBatchesAreThoseOfTheEpochBefore) {
  const Batch batch = AddSpan(0, 64);
  ASSERT_TRUE(list_.Stack(arena_, kClass, 0, batch));
  EXPECT_EQ(list_.TakeIdle(false).count, 0u);
  list_.BeginEpoch();
  EXPECT_EQ(list_.TakeIdle(false).count, 0u);
  list_.BeginEpoch();
  // It was wanted in between.
  ASSERT_TRUE(list_.Stack(arena_, kClass, 0, list_.Take(keys_, 0, 64)));
  EXPECT_EQ(list_.TakeIdle(false).count, 0u);
  list_.BeginEpoch();
  list_.BeginEpoch();
  EXPECT_EQ(list_.TakeIdle(false).head, batch.head);
  EXPECT_EQ(list_.TakeIdle(true).count, 0u);
}

TEST_F(CentralFreeListTest, RandomTrafficConservesBlocks) {
  std::mt19937 random(5);
  std::vector<Batch> out;
  std::set<void*> live;
  for (int i = 0; i < 5000; ++i) {
    const uint32_t shard = random() % kShardCount;
    if (out.size() < 30 && random() % 2 == 0) {
      Batch batch = list_.Take(keys_, shard, 1 + random() % 100);
      if (batch.count == 0) batch = AddSpan(shard, 1 + random() % 100);
      for (void* block : BlocksOf(batch)) {
        ASSERT_TRUE(live.insert(block).second) << "handed out twice";
      }
      out.push_back(batch);
    } else if (!out.empty()) {
      const size_t k = random() % out.size();
      for (void* block : BlocksOf(out[k])) live.erase(block);
      if (random() % 2 == 0 || !list_.Stack(arena_, kClass, shard, out[k])) {
        Return(out[k]);
      }
      out.erase(out.begin() + static_cast<ptrdiff_t>(k));
    }
    ExpectConservation(live.size());
  }
  for (const Batch& batch : out) Return(batch);
  for (Batch b = list_.TakeIdle(true); b.count > 0; b = list_.TakeIdle(true)) {
    Return(b);
  }
  EXPECT_EQ(list_.stats().spans, 0u);
  EXPECT_EQ(PagesInUse(), 0u);
}

using CentralFreeListDeathTest = CentralFreeListTest;

TEST_F(CentralFreeListDeathTest, ASmashedBlockIsNotHandedOutAgain) {
  std::vector<void*> blocks = BlocksOf(AddSpan(0, 20));
  Return(MakeBatch({blocks[0], blocks[1]}));
  HeaderOf(blocks[0]) ^= 1;
  EXPECT_DEATH(list_.Take(keys_, 0, 2), "corrupt free block");
}

TEST_F(CentralFreeListDeathTest, AListThatLeadsElsewhereIsRefused) {
  const Batch batch = AddSpan(0, 20);
  // A genuine word, but no block of the class lies there.
  void* inside = static_cast<char*>(batch.head) + kBlockAlignment;
  EXPECT_DEATH(Return({PushFree(keys_, inside, kListEnd), 1}),
               "corrupt free block");
  alignas(16) char foreign[64];
  EXPECT_DEATH(Return({PushFree(keys_, foreign + 16, kListEnd), 1}),
               "corrupt free block");
  Span* other = NewSpan(kClass + 1);
  void* block = (*lists_)[kClass + 1].AddSpan(keys_, other, 0, 1).head;
  EXPECT_DEATH(Return({block, 1}), "corrupt free block");
}

}  // namespace
}  // namespace headroom
