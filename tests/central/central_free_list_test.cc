#include "allocator/central/central_free_list.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <random>
#include <set>
#include <vector>

#include "tests/central/central_fixture.h"

namespace headroom {
namespace {

class CentralFreeListTest : public CentralFixture {
 protected:
  CentralFreeList& list_ = (*lists_)[kClass];

  Blocks AddSpan(uint32_t shard, uint32_t want) {
    Blocks blocks(want);
    blocks.resize(
        list_.AddSpan(keys_, NewSpan(kClass), shard, blocks.data(), want));
    return blocks;
  }
  Blocks TakeHere(uint32_t shard, uint32_t want) {
    Blocks blocks(want);
    blocks.resize(list_.Take(keys_, shard, blocks.data(), want));
    return blocks;
  }
  Blocks TakeIdle(bool all) {
    Blocks blocks(1000);
    blocks.resize(list_.TakeIdle(all, blocks.data(), 1000));
    return blocks;
  }
  // All blocks of a fresh span, in address order.
  Blocks CutSpan() {
    Blocks blocks = AddSpan(15, 100);
    while (blocks.size() < kSizeClasses[kClass].blocks_per_span) {
      const Blocks more = TakeHere(15, 100);
      blocks.insert(blocks.end(), more.begin(), more.end());
    }
    std::sort(blocks.begin(), blocks.end());
    return blocks;
  }
  uint32_t Stack(uint32_t shard, const Blocks& blocks) {
    return list_.Stack(arena_, kClass, shard, blocks.data(),
                       static_cast<uint32_t>(blocks.size()));
  }
  // Returns all of `blocks`; the emptied spans, which leave the page map.
  std::vector<Span*> Return(const Blocks& blocks) {
    std::vector<Span*> spans;
    for (size_t done = 0; done < blocks.size();) {
      Span* emptied = nullptr;
      done += list_.ReturnToSpans(keys_, map_, kClass, blocks.data() + done,
                                  static_cast<uint32_t>(blocks.size() - done),
                                  emptied);
      for (; emptied != nullptr; emptied = emptied->next) {
        spans.push_back(emptied);
      }
    }
    for (Span* span : spans) DeleteSpan(span);
    return spans;
  }
  void ExpectConservation(uint64_t handed_out) {
    const CentralStats stats = list_.stats();
    EXPECT_EQ(stats.carved_blocks,
              handed_out + stats.stacked_blocks + stats.span_blocks);
  }
};

TEST_F(CentralFreeListTest, AnEmptyListAsksForASpan) {
  EXPECT_TRUE(TakeHere(0, 10).empty());
}

TEST_F(CentralFreeListTest, AFreshSpanGivesEveryBlockOnce) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  Blocks all = AddSpan(0, 10);
  EXPECT_EQ(all.size(), 10u);
  while (all.size() < total) {
    const Blocks more = TakeHere(0, 100);
    ASSERT_FALSE(more.empty());
    all.insert(all.end(), more.begin(), more.end());
    ExpectConservation(all.size());
  }
  EXPECT_TRUE(TakeHere(0, 1).empty());
  ASSERT_EQ(all.size(), total);
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(IsFree(kClass, all[i]));
    ASSERT_EQ(static_cast<char*>(all[i]) - static_cast<char*>(all[0]),
              static_cast<ptrdiff_t>(i * StrideOf(kClass)));
  }
  const Span* span = map_.Get(PageContaining(all[0]));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(all[0]),
            span->first.address() + kBlockAlignment);
  EXPECT_LE(reinterpret_cast<uintptr_t>(all.back()) + UsableBytesOf(kClass),
            (span->first + span->pages).address());
}

// How many of `blocks` have their upper neighbour behind them.
size_t InOrder(const std::vector<void*>& blocks, size_t stride) {
  size_t count = 0;
  for (size_t i = 1; i < blocks.size(); ++i) {
    count +=
        static_cast<char*>(blocks[i]) - static_cast<char*>(blocks[i - 1]) ==
        static_cast<ptrdiff_t>(stride);
  }
  return count;
}

// In a random order one block in a batch is expected to do so.
TEST_F(CentralFreeListTest, FreshBatchesAreShuffled) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  size_t in_order = 0;
  size_t batches = 0;
  std::set<Blocks> orders;
  for (int span = 0; span < 20; ++span) {
    Blocks batch = AddSpan(0, 64);
    for (size_t taken = 0; taken < total; batch = TakeHere(0, 64)) {
      ASSERT_FALSE(batch.empty());
      in_order += InOrder(batch, StrideOf(kClass));
      ++batches;
      taken += batch.size();
      if (batch.size() < 64) continue;
      EXPECT_FALSE(std::is_sorted(batch.begin(), batch.end()));
      // As an order, wherever it lies.
      char* first =
          static_cast<char*>(*std::min_element(batch.begin(), batch.end()));
      for (void*& block : batch) {
        block = reinterpret_cast<void*>(static_cast<char*>(block) - first);
      }
      EXPECT_TRUE(orders.insert(batch).second) << "an order came twice";
    }
  }
  EXPECT_LT(in_order, 2 * batches);
}

// Another process, another order.
TEST_F(CentralFreeListTest, TheOrderIsTheKeys) {
  Blocks orders[2];
  for (size_t i = 0; i < 2; ++i) {
    SealKeys keys = keys_;
    keys.tail += 2 * i;
    CentralFreeList& list = (*lists_)[kClass];
    new (&list) CentralFreeList;
    Span* span = NewSpan(kClass);
    Blocks blocks(64);
    blocks.resize(list.AddSpan(keys, span, 0, blocks.data(), 64));
    for (void* block : blocks) {
      orders[i].push_back(reinterpret_cast<void*>(
          reinterpret_cast<uintptr_t>(block) - span->first.address()));
    }
  }
  EXPECT_NE(orders[0], orders[1]);
}

TEST_F(CentralFreeListTest, EveryClassCutsItsWholeSpan) {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    CentralFreeList& list = (*lists_)[i];
    Span* span = NewSpan(size_class);
    Blocks blocks(64);
    std::set<void*> all;
    uint32_t count = list.AddSpan(keys_, span, 0, blocks.data(), 1);
    for (; count > 0; count = list.Take(keys_, 0, blocks.data(), 64)) {
      all.insert(blocks.begin(), blocks.begin() + count);
    }
    EXPECT_EQ(all.size(), kSizeClasses[i].blocks_per_span);
    EXPECT_EQ(list.stats().carved_blocks, all.size());
    // And takes it back, bit by bit.
    Span* emptied = nullptr;
    for (void* block : all) {
      ASSERT_EQ(emptied, nullptr);
      list.ReturnToSpans(keys_, map_, size_class, &block, 1, emptied);
    }
    EXPECT_EQ(emptied, span);
  }
}

TEST_F(CentralFreeListTest, UncutSpansBelongToOneShard) {
  const Blocks a = AddSpan(1, 5);
  EXPECT_TRUE(TakeHere(2, 5).empty());
  const Blocks b = AddSpan(2, 5);
  const Blocks c = TakeHere(1, 5);
  EXPECT_EQ(map_.Get(PageContaining(c[0])), map_.Get(PageContaining(a[0])));
  EXPECT_NE(map_.Get(PageContaining(b[0])), map_.Get(PageContaining(a[0])));
}

TEST_F(CentralFreeListTest, TwoThreadsOfOneShardMayBothAddASpan) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  size_t count = AddSpan(1, 5).size() + AddSpan(1, 5).size();
  while (const size_t more = TakeHere(1, 512).size()) count += more;
  EXPECT_EQ(count, 2 * total);
}

TEST_F(CentralFreeListTest, StackedBlocksComeBackToTheirShardFirst) {
  const Blocks a = AddSpan(1, 64);
  const Blocks b = AddSpan(2, 64);
  ASSERT_EQ(Stack(1, a), 64u);
  ASSERT_EQ(Stack(2, b), 64u);
  ExpectConservation(0);
  EXPECT_EQ(TakeHere(1, 3), Blocks(a.end() - 3, a.end()));
  EXPECT_EQ(TakeHere(1, 100).size(), 61u);
  // Nothing of its own is left: the other shard's.
  EXPECT_EQ(TakeHere(1, 3), Blocks(b.begin(), b.begin() + 3));
}

TEST_F(CentralFreeListTest, AFullStackTakesTheFirstOnly) {
  Blocks blocks = AddSpan(0, 64);
  while (blocks.size() < StackCapacity(kClass) + 10) {
    Blocks more = TakeHere(0, 64);
    if (more.empty()) more = AddSpan(0, 64);
    blocks.insert(blocks.end(), more.begin(), more.end());
  }
  EXPECT_EQ(Stack(0, blocks), StackCapacity(kClass));
  EXPECT_EQ(Stack(0, {blocks.back()}), 0u);
  EXPECT_EQ(Stack(1, {blocks.back()}), 1u);
}

TEST_F(CentralFreeListTest, FreedBlocksComeFromTheFullestSpan) {
  const uint32_t total = kSizeClasses[kClass].blocks_per_span;
  const Blocks full = CutSpan();
  const Blocks empty = CutSpan();
  const Blocks freed(full.begin(), full.begin() + 3);
  Return(freed);
  Return({empty.begin(), empty.begin() + total - 10});
  ExpectConservation(total - 3 + 10);
  Blocks taken = TakeHere(0, 3);
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, freed);
  // More than one span has: from several in one go, but no endless walk.
  EXPECT_EQ(TakeHere(0, 1000).size(), kMostBlocksWalked);
}

TEST_F(CentralFreeListTest, ABlockInASpanSaysSo) {
  const Blocks blocks = CutSpan();
  Return({blocks[0], blocks[70]});
  for (void* block : {blocks[0], blocks[70]}) {
    EXPECT_TRUE(
        BlockSeal(keys_, block)
            .Is(keys_.in_span(), PayloadOfClass(kClass), HeaderOf(block)));
  }
  for (void* block : TakeHere(0, 5)) EXPECT_TRUE(IsFree(kClass, block));
}

TEST_F(CentralFreeListTest, ASpanLeavesWithItsLastBlock) {
  Blocks blocks = CutSpan();
  Span* span = map_.Get(PageContaining(blocks[0]));
  void* last = blocks.back();
  blocks.pop_back();
  EXPECT_TRUE(Return(blocks).empty());
  EXPECT_EQ(Return({last}), std::vector<Span*>{span});
  const CentralStats stats = list_.stats();
  EXPECT_EQ(stats.spans, 0u);
  EXPECT_EQ(stats.carved_blocks, 0u);
  EXPECT_EQ(stats.span_blocks, 0u);
  EXPECT_EQ(PagesInUse(), 0u);
}

TEST_F(CentralFreeListTest, AHalfCutSpanLeavesToo) {
  const Blocks oldest = AddSpan(1, 5);
  const Blocks middle = AddSpan(1, 6);
  const Blocks youngest = AddSpan(1, 7);
  EXPECT_EQ(Return(middle).size(), 1u);
  EXPECT_EQ(Return(youngest).size(), 1u);
  const Blocks more = TakeHere(1, 5);
  EXPECT_EQ(map_.Get(PageContaining(more[0])),
            map_.Get(PageContaining(oldest[0])));
  Return(oldest);
  EXPECT_EQ(Return(more).size(), 1u);
  EXPECT_TRUE(TakeHere(1, 5).empty());
}

TEST_F(CentralFreeListTest, ReturnWalksABoundedNumberOfBlocks) {
  const uint32_t count = 3 * kMostBlocksWalked / 2;
  const Blocks blocks = AddSpan(0, count);
  ASSERT_EQ(blocks.size(), count);
  Span* emptied = nullptr;
  EXPECT_EQ(
      list_.ReturnToSpans(keys_, map_, kClass, blocks.data(), count, emptied),
      kMostBlocksWalked);
  EXPECT_EQ(list_.ReturnToSpans(keys_, map_, kClass,
                                blocks.data() + kMostBlocksWalked,
                                count - kMostBlocksWalked, emptied),
            kMostBlocksWalked / 2);
}

TEST_F(CentralFreeListTest, IdleBlocksAreThoseOfTheEpochBefore) {
  const Blocks blocks = AddSpan(0, 64);
  ASSERT_EQ(Stack(0, blocks), 64u);
  EXPECT_TRUE(TakeIdle(false).empty());
  list_.BeginEpoch();
  EXPECT_TRUE(TakeIdle(false).empty());
  list_.BeginEpoch();
  // They were wanted in between.
  ASSERT_EQ(Stack(0, TakeHere(0, 64)), 64u);
  EXPECT_TRUE(TakeIdle(false).empty());
  list_.BeginEpoch();
  list_.BeginEpoch();
  EXPECT_EQ(TakeIdle(false), blocks);
  EXPECT_TRUE(TakeIdle(true).empty());
}

TEST_F(CentralFreeListTest, RandomTrafficConservesBlocks) {
  std::mt19937 random(5);
  std::vector<Blocks> out;
  std::set<void*> live;
  for (int i = 0; i < 5000; ++i) {
    const uint32_t shard = random() % kShardCount;
    if (out.size() < 30 && random() % 2 == 0) {
      Blocks blocks = TakeHere(shard, 1 + random() % 100);
      if (blocks.empty()) blocks = AddSpan(shard, 1 + random() % 100);
      for (void* block : blocks) {
        ASSERT_TRUE(live.insert(block).second) << "handed out twice";
      }
      out.push_back(blocks);
    } else if (!out.empty()) {
      const size_t k = random() % out.size();
      Blocks& blocks = out[k];
      for (void* block : blocks) live.erase(block);
      const uint32_t stacked = random() % 2 == 0 ? 0 : Stack(shard, blocks);
      Return({blocks.begin() + stacked, blocks.end()});
      out.erase(out.begin() + static_cast<ptrdiff_t>(k));
    }
    ExpectConservation(live.size());
  }
  for (const Blocks& blocks : out) Return(blocks);
  for (Blocks b = TakeIdle(true); !b.empty(); b = TakeIdle(true)) Return(b);
  EXPECT_EQ(list_.stats().spans, 0u);
  EXPECT_EQ(PagesInUse(), 0u);
}

using CentralFreeListDeathTest = CentralFreeListTest;

TEST_F(CentralFreeListDeathTest, ASmashedBlockIsNotHandedOutAgain) {
  const Blocks blocks = CutSpan();
  Return({blocks[0], blocks[1]});
  const uint64_t genuine = HeaderOf(blocks[0]);
  for (const uint64_t change : {uint64_t{1}, uint64_t{1} << 63, genuine}) {
    HeaderOf(blocks[0]) = genuine ^ change;
    EXPECT_DEATH(TakeHere(0, 2), "corrupt free block");
  }
  // A header of another time.
  SealAs(keys_.free(), kClass, blocks[0]);
  EXPECT_DEATH(TakeHere(0, 2), "double free");
}

TEST_F(CentralFreeListDeathTest, ABlockThatIsNotFreeDoesNotComeBack) {
  const Blocks blocks = CutSpan();
  SealAs(keys_.live(), kClass, blocks[0]);
  EXPECT_DEATH(Return({blocks[0]}), "double free");
  SealAs(keys_.quarantined(), kClass, blocks[0]);
  EXPECT_DEATH(Return({blocks[0]}), "double free");
  SealAs(keys_.free(), kClass, blocks[0]);
  EXPECT_DEATH(Return({blocks[0], blocks[0]}), "double free");
  EXPECT_DEATH(Return({blocks[1], blocks[2], blocks[1]}), "double free");
  HeaderOf(blocks[0]) = 0;
  EXPECT_DEATH(Return({blocks[0]}), "corrupt free block");
}

TEST_F(CentralFreeListDeathTest, ABlockInItsSpanDoesNotComeBackToIt) {
  const Blocks blocks = CutSpan();
  Return({blocks[0]});
  // The header it had before it came back, written by someone who kept it.
  SealAs(keys_.free(), kClass, blocks[0]);
  EXPECT_DEATH(Return({blocks[0]}), "double free");
}

TEST_F(CentralFreeListDeathTest, ABlockThatIsNotCutYetDoesNotComeBack) {
  const Blocks blocks = AddSpan(0, 1);
  const Span* span = map_.Get(PageContaining(blocks[0]));
  const uint32_t last = kSizeClasses[kClass].blocks_per_span - 1;
  void* uncut = reinterpret_cast<void*>(
      span->first.address() + kBlockAlignment + last * StrideOf(kClass));
  SealAs(keys_.free(), kClass, uncut);
  EXPECT_DEATH(Return({uncut}), "double free");
}

TEST_F(CentralFreeListDeathTest, WhatIsNoBlockOfTheClassIsRefused) {
  // A genuine word, but in nobody's memory.
  alignas(16) char foreign[64];
  SealAs(keys_.free(), kClass, foreign + 16);
  EXPECT_DEATH(Return({foreign + 16}), "double free|corrupt free block");
  Span* other = NewSpan(kClass + 1);
  void* block;
  (*lists_)[kClass + 1].AddSpan(keys_, other, 0, &block, 1);
  EXPECT_DEATH(Return({block}), "double free|corrupt free block");
}

}  // namespace
}  // namespace headroom
