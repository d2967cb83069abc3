#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/span.h"
#include "gtest/gtest.h"
#include "tests/pages/page_heap_fixture.h"

namespace headroom {
namespace {

class PageHeapMappingTest : public PageHeapFixture {
 protected:
  static PageId BlockPage(const Span* span) {
    return PageContaining(span->memory.start + span->block_offset);
  }
  void ExpectWhole(const Span* span, size_t bytes) {
    EXPECT_EQ(span->use, SpanUse::kMapping);
    EXPECT_GE(span->memory.bytes, bytes);
    EXPECT_TRUE(source_.Owns(span->memory));
    EXPECT_EQ(span->first, PageContaining(span->memory.start));
    EXPECT_GE((span->first + span->pages).address(), span->memory.end());
    EXPECT_LT((span->first + span->pages).address(),
              span->memory.end() + kPageBytes);
    EXPECT_EQ(map_.Get(span->first), span);
    EXPECT_EQ(map_.Get(BlockPage(span)), span);
  }
};

TEST_F(PageHeapMappingTest, TheBlockIsFoundAtEveryAlignment) {
  for (size_t alignment = 1; alignment <= size_t{1} << 30; alignment *= 2) {
    const size_t bytes = (size_t{1} << 20) + alignment;
    Span* span = heap_.NewMapping(bytes, {.alignment = alignment});
    ASSERT_NE(span, nullptr);
    ExpectWhole(span, bytes);
    const BlockPlace place{.alignment = alignment};
    const uintptr_t block = place.BlockIn(span->memory);
    EXPECT_EQ(block % alignment, 0u);
    EXPECT_EQ(block % kBlockAlignment, 0u);
    EXPECT_GE(block, span->memory.start + kHeaderBytes);
    EXPECT_LE(block + (size_t{1} << 20), span->memory.end());
    EXPECT_EQ(span->block_offset, block - span->memory.start);
    const PageId first = span->first;
    const PageId page = BlockPage(span);
    heap_.DeleteMapping(span);
    EXPECT_EQ(map_.Get(first), nullptr);
    EXPECT_EQ(map_.Get(page), nullptr);
  }
  EXPECT_EQ(source_.mapped_bytes, 0u);
}

TEST_F(PageHeapMappingTest, NeighboursNeverShareAnEntry) {
  // Tiny blocks with large alignments end right behind the block, and odd
  // numbers of kernel pages put bounds into the middle of our pages.
  std::vector<Span*> spans;
  for (int i = 0; i < 200; ++i) {
    const size_t alignment = size_t{16} << i % 14;
    spans.push_back(heap_.NewMapping(i % 5 * kKernelPageBytes + 1,
                                     {.alignment = alignment}));
    ASSERT_NE(spans.back(), nullptr);
  }
  for (const Span* span : spans) ExpectWhole(span, 1);
  for (size_t i = 0; i < spans.size(); i += 2) heap_.DeleteMapping(spans[i]);
  for (size_t i = 1; i < spans.size(); i += 2) ExpectWhole(spans[i], 1);
}

TEST_F(PageHeapMappingTest, ResizeKeepsContentAndTheBlocksOffset) {
  for (size_t alignment : {size_t{16}, size_t{1} << 16}) {
    Span* span = heap_.NewMapping(size_t{1} << 20, {.alignment = alignment});
    const size_t offset = span->block_offset;
    Bytes(span->memory)[offset] = 0x42;
    Bytes(span->memory)[(1 << 20) - 1] = 0x43;
    for (size_t bytes : {size_t{3} << 20, (size_t{3} << 20) + 4096,
                         size_t{5} << 20, size_t{2} << 20, size_t{1} << 20}) {
      const PageId old_first = span->first;
      ASSERT_TRUE(heap_.ResizeMapping(span, bytes));
      ExpectWhole(span, bytes);
      EXPECT_EQ(span->memory.bytes, bytes);
      if (span->first != old_first) {
        EXPECT_EQ(map_.Get(old_first), nullptr);
      }
      EXPECT_EQ(span->block_offset, offset);
      EXPECT_EQ(Bytes(span->memory)[offset], 0x42);
      EXPECT_EQ(Bytes(span->memory)[(1 << 20) - 1], 0x43);
      EXPECT_EQ(heap_.stats().mapping_bytes, source_.mapped_bytes);
    }
    heap_.DeleteMapping(span);
    EXPECT_EQ(heap_.stats().mapping_bytes, 0u);
  }
}

TEST_F(PageHeapMappingTest, ShrinksNoFurtherThanBehindItsBlock) {
  Span* span =
      heap_.NewMapping(size_t{1} << 20, {.alignment = size_t{1} << 16});
  EXPECT_TRUE(heap_.ResizeMapping(span, 1));
  ExpectWhole(span, span->block_offset + kPageBytes);
}

TEST_F(PageHeapMappingTest, AFailedResizeChangesNothing) {
  Span* span = heap_.NewMapping(size_t{1} << 20, {});
  memset(Bytes(span->memory), 0x11, span->memory.bytes);
  const MemoryRange before = span->memory;
  errno = E2BIG;
  arena_source_.grow_works = false;
  EXPECT_FALSE(heap_.ResizeMapping(span, size_t{2} << 20));
  arena_source_.grow_works = true;
  source_.resize_moves = false;
  EXPECT_FALSE(heap_.ResizeMapping(span, size_t{2} << 20));
  source_.resize_moves = true;
  source_.release_works = false;
  EXPECT_FALSE(heap_.ResizeMapping(span, size_t{1} << 16));
  source_.release_works = true;
  EXPECT_FALSE(heap_.ResizeMapping(span, SIZE_MAX));
  EXPECT_EQ(span->memory, before);
  ExpectWhole(span, size_t{1} << 20);
  EXPECT_EQ(Bytes(span->memory)[before.bytes - 1], 0x11);
  EXPECT_EQ(heap_.stats().mapping_bytes, before.bytes);
}

TEST_F(PageHeapMappingTest, EveryFailureOfNewMappingGivesAllBack) {
  // A first mapping takes one range from the source; a chunk of records, the
  // map's root and a leaf from the arena.
  for (int n = 1; n <= 5; ++n) {
    FakeMemorySource source;
    MetadataArena arena(source);
    PageMap map(arena);
    PageHeap heap(source, arena, map, &Now);
    source.fail_call = n;
    Span* span = heap.NewMapping(size_t{1} << 20, {});
    EXPECT_EQ(span == nullptr, n <= 4);
    EXPECT_EQ(heap.stats().mappings, span == nullptr ? 0u : 1u);
    if (span != nullptr) heap.DeleteMapping(span);
    EXPECT_EQ(heap.stats().mapping_bytes, 0u);
    EXPECT_EQ(source.mapped_bytes, arena.stats().held_bytes);
    EXPECT_FALSE(source.abused);
  }
}

TEST_F(PageHeapMappingTest, AMappingTheKernelKeepsAtLeastCostsNoMemory) {
  Span* span = heap_.NewMapping(size_t{1} << 20, {});
  source_.release_works = false;
  const int calls = source_.release_calls;
  heap_.DeleteMapping(span);
  EXPECT_EQ(source_.release_calls, calls + 2) << "unmap, then decommit";
  EXPECT_EQ(heap_.stats().mappings, 0u);
}

}  // namespace
}  // namespace headroom
