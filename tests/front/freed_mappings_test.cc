#include "allocator/front/freed_mappings.h"

#include <memory>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

const void* At(uintptr_t address) {
  return reinterpret_cast<const void*>(address);
}

TEST(FreedMappingsTest, ContainsAllOfARangeAndNoMore) {
  FreedMappings freed;
  EXPECT_FALSE(freed.Contains(At(0)));
  EXPECT_FALSE(freed.Contains(At(0x10000)));
  freed.Note({0x10000, 0x2000});
  EXPECT_FALSE(freed.Contains(At(0xffff)));
  EXPECT_TRUE(freed.Contains(At(0x10000)));
  EXPECT_TRUE(freed.Contains(At(0x11fff)));
  EXPECT_FALSE(freed.Contains(At(0x12000)));
}

TEST(FreedMappingsTest, RemembersTheLast64) {
  FreedMappings freed;
  for (uintptr_t i = 1; i <= 65; ++i) freed.Note({i << 20, 0x1000});
  EXPECT_FALSE(freed.Contains(At(1 << 20)));
  for (uintptr_t i = 2; i <= 65; ++i) EXPECT_TRUE(freed.Contains(At(i << 20)));
}

TEST(FreedMappingsTest, LearnsOfMappingsThatAreFreedAndMoved) {
  auto heap = std::make_unique<TestHeap>();
  TestThread thread(*heap);
  void* block = thread.Malloc(10 << 20);
  void* moved = thread.Realloc(block, 30 << 20);
  ASSERT_NE(moved, block);
  EXPECT_TRUE(heap->freed.Contains(block));
  EXPECT_FALSE(heap->freed.Contains(moved));
  thread.Free(moved);
  EXPECT_TRUE(heap->freed.Contains(moved));
  EXPECT_TRUE(heap->freed.Contains(static_cast<char*>(moved) + (29 << 20)));
}

}  // namespace
}  // namespace headroom
