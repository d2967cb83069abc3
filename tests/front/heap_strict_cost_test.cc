// What the levels beyond the default may not cost.
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "allocator/base/options.h"
#include "allocator/front/block_tail.h"
#include "allocator/front/heap.h"
#include "gtest/gtest.h"
#include "tests/block/closed_memory.h"
#include "tests/block/test_keys.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

TEST(HeapStrictCostTest, BlocksOfNoBytesLeaveTheKernelItsRecords) {
  constexpr size_t kMany = 20000;
  constexpr size_t kMostRanges = 8192;
  Options options;
  options.zero_size_page = 1;
  TestHeap test(options);
  TestThread thread(test);
  std::vector<void*> blocks;
  for (size_t i = 0; i < kMany; ++i) blocks.push_back(thread.Malloc(0));
  EXPECT_LE(test.pages.access_ranges(), kMostRanges + 1);
  EXPECT_EQ(test.heap.UsableBytes(blocks.front()), 0u);
  EXPECT_GT(test.heap.UsableBytes(blocks.back()), 0u);
  for (void* block : blocks) thread.Free(block);
}

TEST(HeapStrictCostTest, ABlockOfNoBytesThatCannotBeClosedIsAnOrdinaryOne) {
  Options options;
  options.zero_size_page = 1;
  TestHeap test(options);
  TestThread thread(test);
  test.source.fail_access_change = 1;
  void* block = thread.Malloc(0);
  EXPECT_GT(test.heap.UsableBytes(block), 0u);
  thread.Free(block);
}

TEST(HeapStrictCostTest, LargeBlocksAreZeroedWhenFreedAndWhenShrunk) {
  constexpr size_t kBytes = 200000;
  Options options;
  options.zero_on_free = 1;
  TestHeap test(options);
  TestThread thread(test);
  test.SpendProtections();
  for (const bool shrinks : {false, true}) {
    auto* block = static_cast<unsigned char*>(thread.Malloc(kBytes));
    memset(block, 0x5a, kBytes);
    void* small = shrinks ? thread.Realloc(block, kBytes / 4) : nullptr;
    if (!shrinks) thread.Free(block);
    void* again = thread.Malloc(kBytes);
    const std::vector<char> content = ReadClosed(again, kBytes);
    EXPECT_EQ(std::ranges::count(content, 0x5a), 0) << shrinks;
    thread.Free(small);
    thread.Free(again);
  }
}

TEST(HeapStrictCostTest, NoSampleIsTakenWhereSamplingIsOff) {
  Options options;
  options.sample_every = 0;
  TestHeap test(options);
  TestThread thread(test);
  thread.cache().SampleAfter(2);
  for (int i = 0; i < 3; ++i) {
    void* block = thread.Malloc(10);
    EXPECT_FALSE(test.sampled.Contains(block));
    thread.Free(block);
  }
}

TEST(HeapStrictCostTest, TheCanaryOfAHugeAlignmentTouchesFewPages) {
  constexpr size_t kBytes = size_t{1} << 20;
  char* const memory =
      static_cast<char*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  // A touch would be fatal.
  ASSERT_EQ(mprotect(memory + kBytes / 4, kBytes / 2, PROT_NONE), 0);
  const SealKeys keys = TestKeys(5);
  const BlockTail tail = BlockTail::OfSmall(
      keys, memory + 16, reinterpret_cast<uintptr_t>(memory + kBytes));
  tail.Write(100, Origin::kMalloc, /*with_canary=*/true);
  size_t bytes;
  Origin origin;
  EXPECT_TRUE(tail.Read(&bytes, &origin));
  EXPECT_EQ(bytes, 100u);
  EXPECT_TRUE(tail.HasCanary(bytes));
  memory[16 + 100 + 8000] ^= 1;
  EXPECT_FALSE(tail.HasCanary(bytes));
  munmap(memory, kBytes);
}

}  // namespace
}  // namespace headroom
