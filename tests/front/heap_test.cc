#include "allocator/front/heap.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

class HeapTest : public ::testing::Test {
 protected:
  ~HeapTest() override {
    EXPECT_EQ(heap_->BrokenInvariant(), "");
    thread_.Exit();
    EXPECT_EQ(heap_->AllLiveBlocks(), live_at_end_);
    EXPECT_EQ(heap_->Stats().small_cached, 0u);
    EXPECT_EQ(heap_->budget.reserved(), 0u);
    EXPECT_EQ(heap_->BrokenInvariant(), "");
  }
  static bool IsAligned(const void* p, size_t alignment) {
    return reinterpret_cast<uintptr_t>(p) % alignment == 0;
  }
  static bool IsFilled(const void* p, unsigned char value, size_t bytes) {
    const auto* c = static_cast<const unsigned char*>(p);
    for (size_t i = 0; i < bytes; ++i) {
      if (c[i] != value) return false;
    }
    return true;
  }

  uint64_t live_at_end_ = 0;
  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  TestThread thread_{*heap_};
};

TEST_F(HeapTest, EverySmallSizeIsUsableAlignedAndItsOwn) {
  for (size_t bytes = 0; bytes <= kMaxSmallBytes; bytes += 1 + bytes / 64) {
    void* a = thread_.Malloc(bytes);
    void* b = thread_.Malloc(bytes);
    ASSERT_TRUE(a != nullptr && b != nullptr && a != b) << bytes;
    ASSERT_TRUE(IsAligned(a, 16) && IsAligned(b, 16));
    const size_t usable = thread_.UsableBytes(a);
    ASSERT_GE(usable, bytes);
    ASSERT_EQ(usable, GoodSize(bytes));
    memset(a, 0xaa, usable);
    memset(b, 0xbb, usable);
    ASSERT_TRUE(IsFilled(a, 0xaa, usable));
    thread_.Free(a);
    thread_.Free(b);
  }
}

TEST_F(HeapTest, LargeSizesAreUsableAndGoBackWhole) {
  const size_t sizes[] = {kMaxSmallBytes + 1, 65536,    1 << 20,
                          (4 << 20) - 16,     4 << 20,  (4 << 20) + 1,
                          (64 << 20) + 12345, 256 << 20};
  for (const size_t bytes : sizes) {
    auto* block = static_cast<char*>(thread_.Malloc(bytes));
    ASSERT_NE(block, nullptr) << bytes;
    ASSERT_TRUE(IsAligned(block, 16));
    ASSERT_GE(thread_.UsableBytes(block), bytes);
    ASSERT_EQ(thread_.UsableBytes(block), GoodSize(bytes));
    block[0] = 1;
    block[thread_.UsableBytes(block) - 1] = 2;
    ASSERT_EQ(heap_->BrokenInvariant(), "");
    thread_.Free(block);
    ASSERT_EQ(heap_->Stats().large_live, 0u);
    ASSERT_EQ(heap_->Stats().mapping_bytes, 0u);
  }
}

TEST_F(HeapTest, AlignedBlocksOfAllSizesAndAlignments) {
  std::vector<void*> blocks;
  for (size_t alignment = 1; alignment <= size_t{1} << 24; alignment *= 2) {
    for (const size_t bytes : {0, 1, 24, 100, 4096, 32760, 40000, 5 << 20}) {
      void* block = thread_.Memalign(alignment, bytes);
      ASSERT_NE(block, nullptr) << alignment << " " << bytes;
      ASSERT_TRUE(IsAligned(block, std::max<size_t>(alignment, 16)));
      const size_t usable = thread_.UsableBytes(block);
      ASSERT_GE(usable, bytes);
      memset(block, 0x5a, std::min<size_t>(usable, 100000));
      static_cast<char*>(block)[usable - 1] = 1;
      blocks.push_back(block);
    }
  }
  EXPECT_EQ(heap_->BrokenInvariant(), "");
  for (void* block : blocks) thread_.Free(block);
  EXPECT_EQ(heap_->Stats().large_live, 0u);
  EXPECT_EQ(heap_->Stats().mapping_bytes, 0u);
}

TEST_F(HeapTest, NeighboursOfAlignedBlocksKeepTheirContent) {
  std::vector<std::pair<unsigned char*, size_t>> blocks;
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const size_t bytes = random() % 3000;
    void* block = random() % 2 == 0
                      ? thread_.Memalign(size_t{1} << random() % 13, bytes)
                      : thread_.Malloc(bytes);
    const size_t usable = thread_.UsableBytes(block);
    memset(block, i % 251, usable);
    blocks.push_back({static_cast<unsigned char*>(block), usable});
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_TRUE(IsFilled(blocks[i].first, i % 251, blocks[i].second));
    thread_.Free(blocks[i].first);
  }
}

TEST_F(HeapTest, CallocZeroesDirtyMemory) {
  const size_t sizes[] = {1, 24, 1000, kMaxSmallBytes, 40000, 1 << 20, 5 << 20};
  for (const size_t bytes : sizes) {
    for (int round = 0; round < 3; ++round) {
      void* block = thread_.Calloc(bytes);
      ASSERT_TRUE(IsFilled(block, 0, bytes)) << bytes;
      memset(block, 0xff, thread_.UsableBytes(block));
      thread_.Free(block);
    }
  }
}

TEST_F(HeapTest, ReallocKeepsContentAlongAChain) {
  std::mt19937 random(2);
  size_t bytes = 1;
  auto* block = static_cast<unsigned char*>(thread_.Malloc(bytes));
  memset(block, 0, bytes);
  for (int i = 0; i < 3000; ++i) {
    // Sizes of all magnitudes up to 16 MiB, so that all ways meet.
    const size_t next = 1 + random() % (size_t{1} << random() % 25);
    block = static_cast<unsigned char*>(thread_.Realloc(block, next));
    ASSERT_NE(block, nullptr);
    const size_t kept = std::min(bytes, next);
    for (size_t k = 0; k < kept; k += 1 + k / 8) {
      ASSERT_EQ(block[k], static_cast<unsigned char>(k * 7 + i)) << next;
    }
    bytes = next;
    ASSERT_GE(thread_.UsableBytes(block), bytes);
    for (size_t k = 0; k < bytes; k += 1 + k / 8) {
      block[k] = static_cast<unsigned char>(k * 7 + i + 1);
    }
  }
  EXPECT_EQ(heap_->BrokenInvariant(), "");
  thread_.Free(block);
  EXPECT_EQ(heap_->Stats().live_bytes(), 0u);
}

TEST_F(HeapTest, ReallocOfAlignedBlocks) {
  for (size_t alignment = 32; alignment <= 1 << 16; alignment *= 4) {
    for (const size_t bytes : {10, 5000, 40000, 5 << 20}) {
      for (const size_t next : {1, 3000, 60000, 6 << 20}) {
        void* block = thread_.Memalign(alignment, bytes);
        const size_t kept = std::min(bytes, next);
        memset(block, 0x77, bytes);
        block = thread_.Realloc(block, next);
        ASSERT_TRUE(IsFilled(block, 0x77, kept));
        thread_.Free(block);
      }
    }
  }
  EXPECT_EQ(heap_->Stats().live_bytes(), 0u);
}

TEST_F(HeapTest, ReallocInPlaceWhereTheBlockFits) {
  void* block = thread_.Malloc(1000);
  EXPECT_EQ(thread_.Realloc(block, thread_.UsableBytes(block)), block);
  EXPECT_EQ(thread_.Realloc(block, 990), block);
  thread_.Free(block);
  void* large = thread_.Malloc(1 << 20);
  EXPECT_EQ(thread_.Realloc(large, 300000), large);
  EXPECT_LT(heap_->Stats().large_live, 400000u);
  EXPECT_EQ(thread_.Realloc(large, 1 << 20), large);
  thread_.Free(large);
}

// Two that grow side by side are in each other's way.
TEST_F(HeapTest, LargeBlocksThatGrowStepByStepMoveSeldom) {
  void* blocks[2] = {thread_.Malloc(40000), thread_.Malloc(40000)};
  int moves = 0;
  for (size_t bytes = 40000; bytes < 4000000; bytes += 4096) {
    for (void*& block : blocks) {
      void* grown = thread_.Realloc(block, bytes);
      moves += grown != block;
      block = grown;
    }
  }
  EXPECT_LE(moves, 100);  // of 1934; an eighth more each time is 39 a block
  for (void* block : blocks) thread_.Free(block);
}

TEST_F(HeapTest, TooMuchIsRefusedWithErrno) {
  void* block = thread_.Malloc(10);
  for (const size_t bytes : {kMaxRequestBytes + 1, SIZE_MAX, SIZE_MAX - 16}) {
    errno = 0;
    EXPECT_EQ(thread_.Malloc(bytes), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    errno = 0;
    EXPECT_EQ(thread_.Calloc(bytes), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    errno = 0;
    EXPECT_EQ(thread_.Realloc(block, bytes), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    errno = 0;
    EXPECT_EQ(thread_.Memalign(64, bytes), nullptr);
    EXPECT_EQ(errno, ENOMEM);
  }
  errno = 0;
  EXPECT_EQ(thread_.Memalign(size_t{1} << 63, 10), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  thread_.Free(block);
}

TEST_F(HeapTest, FreeKeepsErrno) {
  for (const size_t bytes : {10, 30000, 100000, 10 << 20}) {
    void* block = thread_.Malloc(bytes);
    errno = 4711;
    thread_.Free(block);
    EXPECT_EQ(errno, 4711) << bytes;
  }
  errno = 4711;
  thread_.Free(nullptr);
  EXPECT_EQ(errno, 4711);
}

// The end of a thread, and what its other destructors still do.
TEST_F(HeapTest, AThreadWithoutCacheGoesToTheCentralLists) {
  std::vector<void*> blocks;
  for (int i = 0; i < 3000; ++i) blocks.push_back(thread_.Malloc(40));
  for (void* block : blocks) thread_.Free(block);
  blocks.clear();
  thread_.Exit();  // leaves whole batches on the stacks
  ASSERT_EQ(heap_->AllLiveBlocks(), 0u);
  for (int i = 0; i < 3000; ++i) {
    blocks.push_back(thread_.Malloc(40));
    memset(blocks.back(), 1, 40);
    ASSERT_EQ(heap_->AllLiveBlocks(), blocks.size());
  }
  for (void* block : blocks) thread_.Free(block);
  EXPECT_EQ(heap_->AllLiveBlocks(), 0u);
  void* aligned = thread_.Memalign(256, 100);
  void* large = thread_.Malloc(1 << 20);
  EXPECT_EQ(heap_->AllLiveBlocks(), 1u);
  thread_.Free(aligned);
  thread_.Free(large);
}

TEST_F(HeapTest, ManyThreadsInterleavedConserveBlocks) {
  std::vector<std::unique_ptr<TestThread>> threads(8);
  for (auto& t : threads) t = std::make_unique<TestThread>(*heap_);
  std::mt19937 random(3);
  std::vector<void*> live;
  uint64_t small = 0;
  std::deque<bool> is_small;
  for (int i = 0; i < 100000; ++i) {
    TestThread& t = *threads[random() % threads.size()];
    if (live.size() < 2000 && random() % 100 < 52) {
      const size_t bytes = random() % (size_t{1} << random() % 17);
      live.push_back(t.Malloc(bytes));
      is_small.push_back(bytes <= kMaxSmallBytes);
      small += is_small.back();
    } else if (!live.empty()) {
      const size_t k = random() % live.size();
      t.Free(live[k]);
      small -= is_small[k];
      live[k] = live.back();
      is_small[k] = is_small.back();
      live.pop_back();
      is_small.pop_back();
    }
    if (i % 5000 == 0) {
      ASSERT_EQ(heap_->AllLiveBlocks(), small);
      ASSERT_EQ(heap_->BrokenInvariant(), "");
    }
    if (random() % 2000 == 0) {
      threads[random() % threads.size()]->Exit();
      auto& t = threads[random() % threads.size()];
      t.reset();
      t = std::make_unique<TestThread>(*heap_);
    }
    if (random() % 1000 == 0) TestHeap::now_ms += 300;
  }
  for (void* block : live) threads[0]->Free(block);
  threads.clear();
  EXPECT_EQ(heap_->AllLiveBlocks(), 0u);
  thread_.Exit();
  heap_->ReleaseAll();
  EXPECT_EQ(heap_->Stats().free_clean, heap_->Stats().heap_bytes);
}

}  // namespace
}  // namespace headroom
