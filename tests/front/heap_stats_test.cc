#include "allocator/front/heap_stats.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

TEST(HeapStatsTest, AnEmptyHeapHasNothing) {
  auto heap = std::make_unique<TestHeap>();
  const HeapStats stats = heap->Stats();
  EXPECT_EQ(stats.heap_bytes, 0u);
  EXPECT_EQ(stats.live_bytes(), 0u);
  EXPECT_EQ(stats.thread_caches, 0u);
}

TEST(HeapStatsTest, EachNumberFollowsItsBytes) {
  auto heap = std::make_unique<TestHeap>();
  TestThread thread(*heap);
  EXPECT_EQ(heap->Stats().thread_caches, 1u);

  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(thread.Malloc(100));
  HeapStats stats = heap->Stats();
  EXPECT_EQ(stats.small_live, 1000 * StrideOf(SizeClassFor(100)));
  EXPECT_GT(stats.small_uncut, 0u);
  EXPECT_EQ(stats.small_cached,
            thread.cache().cached_blocks(SizeClassFor(100)) *
                StrideOf(SizeClassFor(100)));

  void* large = thread.Malloc(100000);
  void* mapped = thread.Malloc(10 << 20);
  EXPECT_EQ(heap->BrokenInvariant(), "");
  stats = heap->Stats();
  EXPECT_EQ(stats.large_live,
            BytesToPagesCeil(100016 + kKernelPageBytes).bytes());
  EXPECT_EQ(stats.mapping_count, 1u);
  EXPECT_GE(stats.mapping_bytes, size_t{10} << 20);
  EXPECT_EQ(stats.live_bytes(),
            stats.small_live + stats.large_live + stats.mapping_bytes);
  EXPECT_EQ(stats.heap_bytes, heap->source.heap_bytes);
  EXPECT_EQ(stats.metadata_bytes, heap->arena_source.mapped_bytes);

  for (void* block : blocks) thread.Free(block);
  thread.Free(large);
  thread.Free(mapped);
  stats = heap->Stats();
  EXPECT_EQ(stats.live_bytes(), 0u);
  EXPECT_GT(stats.small_cached, 0u);
  EXPECT_EQ(stats.free_bytes(), stats.heap_bytes);
  thread.Exit();
  EXPECT_EQ(heap->Stats().small_cached, 0u);
  EXPECT_GT(heap->Stats().small_central, 0u);
  EXPECT_GT(heap->Stats().free_dirty, 0u);
  heap->ReleaseAll();
  EXPECT_EQ(heap->Stats().free_clean, heap->source.heap_bytes);
}

}  // namespace
}  // namespace headroom
