// The heap when the kernel says no, at every growth there is.
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "allocator/front/heap.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

// A workload that meets every way to grow, and takes a refusal like a caller
// that can go on: what it has stays as it is.
class Workload {
 public:
  explicit Workload(TestThread& thread) : thread_(thread) {}

  // True when nothing was refused.
  bool Run() {
    bool all = true;
    for (size_t i = 0; i < 25; ++i) {
      const size_t small = 8 + i * i * 50;
      all &= Keep(thread_.Malloc(small), small);
      all &= Keep(thread_.Calloc(40000 * i), 40000 * i);
      all &= Keep(thread_.Memalign(size_t{1} << i % 20, 100), 100);
      if (i % 10 == 0) all &= Keep(thread_.Malloc(5 << 20), 5 << 20);
      if (i % 3 == 0) all &= Grow(blocks_.size() / 2, i);
    }
    return all;
  }
  void FreeAll() {
    for (const Block& block : blocks_) {
      ASSERT_TRUE(IsIntact(block));
      thread_.Free(block.start);
    }
    blocks_.clear();
  }

 private:
  struct Block {
    unsigned char* start;
    size_t bytes;
    unsigned char mark;
  };

  // Enough to see a block that was given twice, or moved badly.
  static void Fill(const Block& block) {
    if (block.bytes == 0) return;
    block.start[0] = block.mark;
    block.start[block.bytes / 2] = block.mark;
    block.start[block.bytes - 1] = block.mark;
  }
  static bool IsIntact(const Block& block) {
    return block.bytes == 0 || (block.start[0] == block.mark &&
                                block.start[block.bytes / 2] == block.mark &&
                                block.start[block.bytes - 1] == block.mark);
  }
  bool Keep(void* start, size_t bytes) {
    if (start == nullptr) {
      EXPECT_EQ(errno, ENOMEM);
      errno = 0;
      return false;
    }
    blocks_.push_back({static_cast<unsigned char*>(start), bytes, ++mark_});
    Fill(blocks_.back());
    return true;
  }
  bool Grow(size_t k, size_t i) {
    if (blocks_.empty()) return false;
    Block& block = blocks_[k];
    EXPECT_TRUE(IsIntact(block));
    const size_t bytes = block.bytes * 2 + i * 1000 + 1;
    void* moved = thread_.Realloc(block.start, bytes);
    if (moved == nullptr) {
      EXPECT_EQ(errno, ENOMEM);
      errno = 0;
      EXPECT_TRUE(IsIntact(block));
      return false;
    }
    block.start = static_cast<unsigned char*>(moved);
    if (block.bytes > 0) {
      EXPECT_EQ(block.start[0], block.mark);
      EXPECT_EQ(block.start[block.bytes / 2], block.mark);
    }
    block.bytes = bytes;
    Fill(block);
    return true;
  }

  TestThread& thread_;
  std::vector<Block> blocks_;
  unsigned char mark_ = 0;
};

void ExpectWholeAgain(TestHeap& heap) {
  heap.ReleaseAll();
  EXPECT_EQ(heap.BrokenInvariant(), "");
  const HeapStats stats = heap.Stats();
  EXPECT_EQ(stats.live_bytes(), 0u);
  EXPECT_EQ(stats.free_clean, stats.heap_bytes);
  EXPECT_EQ(heap.source.mapped_bytes, 0u);
}

// `source` is where the n-th growth fails, for n = 1, 2, ... until none does.
void FailEachGrowth(FakeMemorySource TestHeap::* source, int least_refusals) {
  int refusals = 0;
  for (int n = 1;; ++n) {
    SCOPED_TRACE(n);
    ASSERT_LT(n, 3000);
    auto heap = std::make_unique<TestHeap>();
    (heap.get()->*source).fail_call = n;
    TestThread thread(*heap);
    Workload workload(thread);
    const bool all = workload.Run();
    refusals += !all;
    const bool failed = (heap.get()->*source).fail_call == 0;
    ASSERT_EQ(heap->BrokenInvariant(), "");
    // And the heap works on.
    (heap.get()->*source).fail_call = 0;
    ASSERT_TRUE(workload.Run());
    workload.FreeAll();
    thread.Exit();
    ExpectWholeAgain(*heap);
    if (!failed) break;
  }
  EXPECT_GE(refusals, least_refusals);
}

TEST(HeapOutOfMemoryTest, EachGrowthOfTheHeapFailsOnce) {
  FailEachGrowth(&TestHeap::source, 3);
}

TEST(HeapOutOfMemoryTest, EachGrowthOfTheMetadataFailsOnce) {
  // Most refusals leave another way to serve the call.
  FailEachGrowth(&TestHeap::arena_source, 2);
}

TEST(HeapOutOfMemoryTest, NothingIsLeftAndThenSomethingIs) {
  auto heap = std::make_unique<TestHeap>();
  TestThread thread(*heap);
  Workload before(thread);
  ASSERT_TRUE(before.Run());
  heap->source.grow_works = false;
  heap->arena_source.grow_works = false;
  Workload meanwhile(thread);
  EXPECT_FALSE(meanwhile.Run());
  meanwhile.FreeAll();
  // Whoever shrinks a block gets it.
  void* block = thread.Malloc(30000);
  std::vector<void*> rest;
  while (void* one = thread.Malloc(20)) rest.push_back(one);
  EXPECT_EQ(errno, ENOMEM);
  errno = 0;
  if (block != nullptr) {
    EXPECT_EQ(thread.Realloc(block, 20), block);
    EXPECT_EQ(errno, 0);
    thread.Free(block);
  }
  for (void* one : rest) thread.Free(one);
  heap->source.grow_works = true;
  heap->arena_source.grow_works = true;
  Workload after(thread);
  EXPECT_TRUE(after.Run());
  before.FreeAll();
  after.FreeAll();
  thread.Exit();
  ExpectWholeAgain(*heap);
}

// It knows its size to the byte: shrunk where it is, it would take the sized
// free that follows for a wrong one.
TEST(HeapOutOfMemoryTest, ASampledBlockThatCannotMoveStaysAsItIs) {
  auto heap = std::make_unique<TestHeap>();
  TestThread thread(*heap);
  thread.cache().SampleAfter(1);
  void* block = thread.Malloc(1000);
  ASSERT_TRUE(heap->sampled.Contains(block));
  heap->source.grow_works = false;
  heap->arena_source.grow_works = false;
  std::vector<void*> rest;
  while (void* one = thread.Malloc(20)) rest.push_back(one);
  EXPECT_EQ(thread.Realloc(block, 20), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  EXPECT_EQ(thread.UsableBytes(block), 1000u);
  thread.FreeSized(block, 1000);
  for (void* one : rest) thread.Free(one);
}

TEST(HeapOutOfMemoryTest, ATinyAddressSpaceIsUsedUpAndGivenBack) {
  auto heap = std::make_unique<TestHeap>(TestHeap::kDefaultBudget, 8 << 20);
  TestThread thread(*heap);
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> blocks;
    for (const size_t bytes : {1 << 20, 100000, 30000, 1000, 16}) {
      while (void* block = thread.Malloc(bytes)) blocks.push_back(block);
      EXPECT_EQ(errno, ENOMEM);
    }
    EXPECT_GT(heap->Stats().live_bytes(), size_t{7} << 20);
    for (void* block : blocks) thread.Free(block);
    EXPECT_EQ(heap->Stats().live_bytes(), 0u);
    ASSERT_EQ(heap->BrokenInvariant(), "");
  }
  thread.Exit();
  ExpectWholeAgain(*heap);
}

// No record for the heap's cache: the calls go to the central lists.
TEST(HeapOutOfMemoryTest, AThreadThatGetsNoCacheStillAllocates) {
  auto heap = std::make_unique<TestHeap>();
  heap->arena_source.grow_works = false;
  TestThread thread(*heap);
  heap->arena_source.grow_works = true;
  ASSERT_FALSE(thread.cache().is_attached());
  Workload workload(thread);
  EXPECT_TRUE(workload.Run());
  workload.FreeAll();
  ExpectWholeAgain(*heap);
}

}  // namespace
}  // namespace headroom
