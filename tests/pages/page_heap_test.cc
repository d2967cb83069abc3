#include "allocator/pages/page_heap.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/span.h"
#include "gtest/gtest.h"
#include "tests/pages/page_heap_fixture.h"

namespace headroom {
namespace {

class PageHeapTest : public PageHeapFixture {};

TEST_F(PageHeapTest, ASpanIsWhatWasAskedFor) {
  bool zeroed = false;
  Span* span =
      heap_.NewSpan(PageCount{8}, SpanUse::kSmall, 17, kPageBytes, &zeroed);
  ASSERT_NE(span, nullptr);
  EXPECT_EQ(span->use, SpanUse::kSmall);
  EXPECT_EQ(span->size_class, 17);
  EXPECT_EQ(span->pages.value, 8u);
  EXPECT_EQ(span->memory, (MemoryRange{span->first.address(), 8 * kPageBytes}));
  EXPECT_EQ(span->free_bits, nullptr);
  EXPECT_FALSE(span->is_guarded);
  EXPECT_EQ(span->free_blocks + span->carved_blocks, 0u);
  EXPECT_TRUE(zeroed);
  EXPECT_TRUE(IsZero(span->memory));
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(map_.Get(span->first + PageCount{i}), span);
  }
}

TEST_F(PageHeapTest, ReusedPagesAreNotZeroedReleasedOnesAre) {
  Span* span = Large(4);
  Fill(span);
  heap_.DeleteSpan(span);
  bool zeroed = true;
  span = heap_.NewSpan(PageCount{4}, SpanUse::kLarge, 0, kPageBytes, &zeroed);
  EXPECT_FALSE(zeroed);
  Fill(span);
  heap_.DeleteSpan(span);
  heap_.ReleaseFreePages(SIZE_MAX);
  span = heap_.NewSpan(PageCount{4}, SpanUse::kLarge, 0, kPageBytes, &zeroed);
  EXPECT_TRUE(zeroed);
  EXPECT_TRUE(IsZero(span->memory));
}

TEST_F(PageHeapTest, HonoursAlignmentAndKeepsTheRest) {
  source_.grow_gap = kPageBytes;
  for (size_t alignment = kPageBytes; alignment <= size_t{1} << 28;
       alignment *= 2) {
    Span* span =
        heap_.NewSpan(PageCount{3}, SpanUse::kLarge, 0, alignment, nullptr);
    ASSERT_NE(span, nullptr);
    EXPECT_EQ(span->memory.start % alignment, 0u);
  }
  const PageHeapStats stats = heap_.stats();
  EXPECT_EQ(stats.heap.bytes(), source_.heap_bytes);
  EXPECT_EQ(stats.in_use + stats.free_clean, stats.heap);
}

TEST_F(PageHeapTest, RefusesWhatCannotBe) {
  EXPECT_EQ(Large(0), nullptr);
  EXPECT_EQ(Large(SIZE_MAX), nullptr);
  EXPECT_EQ(Large(SIZE_MAX >> kPageShift), nullptr);
  EXPECT_EQ(Large(PTRDIFF_MAX >> kPageShift), nullptr);
  EXPECT_EQ(heap_.NewSpan(PageCount{1}, SpanUse::kLarge, 0, size_t{1} << 63),
            nullptr);
  EXPECT_EQ(heap_.NewMapping(SIZE_MAX, {}), nullptr);
  EXPECT_EQ(heap_.NewMapping(size_t{1} << 20, {.alignment = size_t{1} << 63}),
            nullptr);
  EXPECT_EQ(heap_.stats().heap.value, 0u);
  EXPECT_NE(Large(1), nullptr);
}

TEST_F(PageHeapTest, ResizesInPlaceOrNotAtAll) {
  source_.grow_surplus = 100 * kPageBytes;
  Span* span = Large(10);
  EXPECT_TRUE(heap_.ResizeInPlace(span, PageCount{10}));
  EXPECT_FALSE(heap_.ResizeInPlace(span, PageCount{0}));
  EXPECT_FALSE(heap_.ResizeInPlace(span, PageCount{SIZE_MAX}));
  EXPECT_FALSE(heap_.ResizeInPlace(span, PageCount{111}));
  EXPECT_TRUE(heap_.ResizeInPlace(span, PageCount{110}));
  EXPECT_EQ(heap_.stats().free_spans, 0u);
  EXPECT_TRUE(heap_.ResizeInPlace(span, PageCount{50}));
  Span* behind = Large(1);
  EXPECT_EQ(behind->first, span->first + PageCount{50});
  EXPECT_FALSE(heap_.ResizeInPlace(span, PageCount{51}));
  EXPECT_EQ(span->pages.value, 50u);
}

TEST_F(PageHeapTest, EveryFailureLeavesTheHeapWhole) {
  // Each of the first calls to either source fails once, at each operation.
  for (FakeMemorySource* failing : {&source_, &arena_source_}) {
    for (int n = 1; n < 6; ++n) {
      failing->fail_call = n;
      std::vector<Span*> spans;
      errno = E2BIG;
      for (int i = 0; i < 2500; ++i) {
        Span* span = heap_.NewSpan(PageCount{2 + i % 5u}, SpanUse::kLarge, 0,
                                   kPageBytes << i % 3);
        if (span != nullptr) spans.push_back(span);
      }
      for (size_t i = 0; i < spans.size(); i += 2) {
        heap_.ResizeInPlace(spans[i], PageCount{1});
      }
      failing->fail_call = 0;
      Span* after = Large(3);
      EXPECT_NE(after, nullptr);
      heap_.DeleteSpan(after);
      for (Span* span : spans) heap_.DeleteSpan(span);
      const PageHeapStats stats = heap_.stats();
      EXPECT_EQ(stats.in_use.value, 0u);
      EXPECT_EQ(stats.free_dirty + stats.free_clean, stats.heap);
    }
  }
}

TEST_F(PageHeapTest, OutOfMemoryIsNullAndMemoryThatIsThereIsStillUsed) {
  source_.grow_works = false;
  EXPECT_EQ(Large(1), nullptr);
  source_.grow_works = true;
  Span* span = Large(8);
  source_.grow_works = false;
  EXPECT_EQ(Large(1), nullptr);
  heap_.DeleteSpan(span);
  EXPECT_NE(Large(8), nullptr);
  EXPECT_EQ(Large(1), nullptr);
}

TEST_F(PageHeapTest, HeapMemoryThatCannotBeMappedYetIsNotLost) {
  arena_source_.fail_call = 2;  // the span's record succeeds, the root fails
  EXPECT_EQ(Large(5), nullptr);
  EXPECT_EQ(source_.grow_calls, 1);
  EXPECT_EQ(heap_.stats().heap.value, 0u);
  EXPECT_NE(Large(5), nullptr);
  EXPECT_EQ(source_.grow_calls, 1) << "the first range was not used";
}

TEST_F(PageHeapTest, PeaksAreKept) {
  Span* a = Large(100);
  Span* mapping = heap_.NewMapping(size_t{1} << 20, {});
  const size_t mapped = mapping->memory.bytes;
  heap_.DeleteSpan(a);
  heap_.DeleteMapping(mapping);
  const PageHeapStats stats = heap_.stats();
  EXPECT_EQ(stats.peak_in_use.value, 100u);
  EXPECT_EQ(stats.peak_bytes, 100 * kPageBytes + mapped);
}

TEST_F(PageHeapTest, ForkHandlersHoldAndFreeTheLock) {
  for (bool in_child : {false, true}) {
    heap_.AcquireForFork();
    heap_.ReleaseAfterFork(in_child);
    EXPECT_NE(Large(1), nullptr);
  }
}

TEST_F(PageHeapTest, ThreadsNeverShareAPage) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      std::mt19937 random(t);
      std::vector<Span*> mine;
      for (int i = 0; i < 1500; ++i) {
        if (mine.size() < 20 || random() % 2 == 0) {
          Span* span = random() % 8 == 0
                           ? heap_.NewMapping(100000 + random() % 100000, {})
                           : Large(random() % 20 + 1);
          ASSERT_NE(span, nullptr);
          memset(Bytes(span->memory), t + 1, span->memory.bytes);
          mine.push_back(span);
        }
        if (random() % 8 == 0) now_ms_ += 30;
        std::swap(mine[random() % mine.size()], mine.back());
        Span* span = mine.back();
        mine.pop_back();
        EXPECT_EQ(map_.Get(span->first), span);
        EXPECT_EQ(Bytes(span->memory)[0], t + 1);
        EXPECT_EQ(Bytes(span->memory)[span->memory.bytes - 1], t + 1);
        span->use == SpanUse::kMapping ? heap_.DeleteMapping(span)
                                       : heap_.DeleteSpan(span);
        if (random() % 16 == 0) heap_.ReleaseFreePages(random() % 500000);
      }
      for (Span* span : mine) {
        span->use == SpanUse::kMapping ? heap_.DeleteMapping(span)
                                       : heap_.DeleteSpan(span);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const PageHeapStats stats = heap_.stats();
  EXPECT_EQ(stats.in_use.value, 0u);
  EXPECT_EQ(stats.mappings, 0u);
  EXPECT_EQ(stats.mapping_bytes, 0u);
  EXPECT_EQ(source_.mapped_bytes, 0u);
}

}  // namespace
}  // namespace headroom
