// What stands round large blocks, and what becomes of them when they are freed.
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "allocator/front/large_blocks.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

class LargeGuardsTest : public ::testing::Test {
 protected:
  ~LargeGuardsTest() override {
    thread_.Exit();
    EXPECT_EQ(heap_->BrokenInvariant(), "");
    EXPECT_EQ(heap_->Stats().live_bytes(), 0u);
  }
  char* Malloc(size_t bytes) {
    return static_cast<char*>(thread_.Malloc(bytes));
  }
  bool IsClosed(const void* p) {
    return heap_->source.IsProtected({reinterpret_cast<uintptr_t>(p), 1});
  }
  char* EndOf(char* block) { return block + thread_.UsableBytes(block); }

  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  TestThread thread_{*heap_};
};

// Each page of it, which faults if one is inaccessible.
void Touch(void* block, size_t bytes) {
  for (size_t i = 0; i < bytes; i += kKernelPageBytes) {
    static_cast<char*>(block)[i] = 1;
  }
}

constexpr size_t kSizes[] = {33000, 100000, 1 << 20, 4 << 20, 5 << 20};

TEST_F(LargeGuardsTest, AWriteBehindABlockFaults) {
  for (const size_t bytes : kSizes) {
    char* block = Malloc(bytes);
    char* end = EndOf(block);
    end[-1] = 1;
    EXPECT_TRUE(IsClosed(end));
    EXPECT_DEATH(*end = 1, "") << bytes;
    thread_.Free(block);
  }
}

// With tails, in any size and alignment, the guards lie as near to the block as
// the kernel's pages and the alignment let them.
TEST_F(LargeGuardsTest, ABlockWithATailLiesBetweenItsGuards) {
  Options options;
  options.guard_pages = true;
  options.tail_canary = true;
  TestHeap heap(options);
  TestThread thread(heap);
  const auto is_closed = [&](const char* p) {
    return heap.source.IsProtected({reinterpret_cast<uintptr_t>(p), 1});
  };
  for (size_t alignment = 16; alignment <= 16 << 20; alignment *= 4) {
    for (const size_t bytes : {0, 1, 33000, 40000, 1 << 20, 4 << 20, 9 << 20}) {
      if (bytes + alignment <= kMaxSmallBytes) continue;
      auto* block = static_cast<char*>(thread.Memalign(alignment, bytes));
      ASSERT_NE(block, nullptr);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
      EXPECT_EQ(thread.UsableBytes(block), bytes);
      memset(block, 1, bytes);
      const size_t used = std::max<size_t>(bytes, 1);
      const size_t step = std::min(alignment, kKernelPageBytes);
      EXPECT_TRUE(is_closed(block + AlignUp(used, step)))
          << bytes << " at " << alignment;
      EXPECT_TRUE(is_closed(block - BlockTail::kFrontBytes - kKernelPageBytes));
      thread.Free(block);
    }
  }
  volatile char* block = static_cast<char*>(thread.Malloc(40000));
  EXPECT_DEATH(block[40000] = 1, "");
  thread.Free(const_cast<char*>(block));
  thread.Exit();
  EXPECT_EQ(heap.Stats().live_bytes(), 0u);
  EXPECT_EQ(heap.BrokenInvariant(), "");
}

TEST_F(LargeGuardsTest, AnAccessToAFreedBlockFaults) {
  for (const size_t bytes : {33000, 100000, 1 << 20}) {
    volatile char* block = Malloc(bytes);
    thread_.Free(const_cast<char*>(block));
    EXPECT_DEATH(block[0] = 1, "");
    EXPECT_DEATH(block[bytes / 2] = 1, "");
    // The content of what comes back there is accessible, its guard is not.
    char* again = Malloc(bytes);
    EXPECT_EQ(again, block);
    memset(again, 1, thread_.UsableBytes(again));
    EXPECT_TRUE(IsClosed(EndOf(again)));
    thread_.Free(again);
  }
}

TEST_F(LargeGuardsTest, SmallBlocksCanLieWhereALargeOneWas) {
  thread_.Free(Malloc(1 << 20));
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) {
    blocks.push_back(Malloc(1000));
    memset(blocks.back(), 1, 1000);
  }
  for (void* block : blocks) thread_.Free(block);
}

TEST_F(LargeGuardsTest, BeyondTheBudgetNothingIsProtected) {
  heap_->SpendProtections();
  char* block = Malloc(100000);
  EXPECT_FALSE(IsClosed(EndOf(block)));
  thread_.Free(block);
  EXPECT_EQ(heap_->source.protected_bytes(), 0u);
  // One that was guarded in better times leaves nothing closed.
  TestHeap::now_ms += 10;
  block = Malloc(100000);
  ASSERT_TRUE(IsClosed(EndOf(block)));
  heap_->SpendProtections();
  thread_.Free(block);
  EXPECT_EQ(heap_->source.protected_bytes(), 0u);
  // Mappings cost two calls anyway.
  block = Malloc(5 << 20);
  EXPECT_TRUE(IsClosed(EndOf(block)));
  thread_.Free(block);
}

TEST_F(LargeGuardsTest, NoMoreRangesThanTheKernelStands) {
  Options options;
  options.guard_pages = true;  // no budget
  TestHeap heap(options);
  TestThread thread(heap);
  std::vector<char*> blocks;
  size_t closed = 0;
  for (int i = 0; i < 8400; ++i) {
    blocks.push_back(static_cast<char*>(thread.Malloc(33000)));
    const auto end = reinterpret_cast<uintptr_t>(blocks.back()) +
                     thread.UsableBytes(blocks.back());
    closed += heap.source.IsProtected({end, 1});
  }
  EXPECT_EQ(closed, 8192u);
  EXPECT_LE(heap.pages.access_ranges(), 8400u);
  // Every other one, so that no two are neighbours.
  for (size_t i = 0; i < blocks.size(); i += 2) thread.Free(blocks[i]);
  for (size_t i = 1; i < blocks.size(); i += 2) thread.Free(blocks[i]);
  thread.Exit();
  EXPECT_EQ(heap.Stats().live_bytes(), 0u);
  // Runs of closed pages, between blocks that were freed beyond the limit.
  EXPECT_LE(heap.pages.access_ranges(), 8400u - 8192u);
  EXPECT_EQ(heap.BrokenInvariant(), "");
}

TEST_F(LargeGuardsTest, GuardsGoWithBlocksThatAreResized) {
  Options strict;
  strict.guard_pages = true;
  for (const Options& options : {Options(), strict}) {
    TestHeap heap(options);
    TestThread thread(heap);
    auto* block = static_cast<char*>(thread.Malloc(5 << 20));
    block[0] = 7;
    for (const size_t bytes : {9 << 20, 6 << 20, 30 << 20, 5 << 20, 1 << 20,
                               100000, 3 << 20, 200000, 7 << 20}) {
      block = static_cast<char*>(thread.Realloc(block, bytes));
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(block[0], 7);
      char* end = block + thread.UsableBytes(block);
      block[bytes - 1] = 1;
      end[-1] = 1;
      EXPECT_TRUE(
          heap.source.IsProtected({reinterpret_cast<uintptr_t>(end), 1}))
          << bytes;
    }
    thread.Free(block);
    EXPECT_EQ(heap.Stats().live_bytes(), 0u);
    EXPECT_FALSE(heap.source.abused);
  }
}

// The n-th change of access fails, for n = 1, 2, ... until none does: a call
// may fail, but what is handed out is accessible and nothing is lost.
TEST_F(LargeGuardsTest, EachChangeOfAccessFailsOnce) {
  Options strict;
  strict.guard_pages = true;
  strict.zero_size_page = true;
  Options with_tails = strict;
  with_tails.tail_canary = true;
  for (const Options& options : {Options(), strict, with_tails}) {
    for (int n = 1;; n += 1 + n / 16) {
      SCOPED_TRACE(n);
      ASSERT_LT(n, 2000);
      TestHeap heap(options);
      TestThread thread(heap);
      heap.source.fail_access_change = n;
      std::vector<char*> blocks;
      const auto hold = [&](void* block) {
        if (block == nullptr) return;
        Touch(block, thread.UsableBytes(block));
        blocks.push_back(static_cast<char*>(block));
      };
      for (int round = 0; round < 2; ++round) {
        for (const size_t bytes : {0, 40000, 100000, 300000, 5 << 20}) {
          hold(thread.Malloc(bytes));
          hold(thread.Memalign(256, bytes));
        }
        for (char*& block : blocks) {
          for (const size_t bytes : {200000, 50000, 400000, 6 << 20}) {
            auto* moved = static_cast<char*>(thread.Realloc(block, bytes));
            if (moved == nullptr) continue;
            block = moved;
            Touch(block, thread.UsableBytes(block));
          }
        }
        for (char* block : blocks) thread.Free(block);
        blocks.clear();
        for (int i = 0; i < 100; ++i) hold(thread.Malloc(5000));
        for (char* block : blocks) thread.Free(block);
        blocks.clear();
        thread.cache().Flush();
        heap.ReleaseAll();
      }
      const bool failed = heap.source.fail_access_change == 0;
      heap.source.fail_access_change = 0;
      thread.Exit();
      heap.ReleaseAll();
      ASSERT_EQ(heap.BrokenInvariant(), "");
      ASSERT_EQ(heap.Stats().live_bytes(), 0u);
      if (!failed) break;
    }
  }
}

}  // namespace
}  // namespace headroom
