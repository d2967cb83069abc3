// Closed pages: free, and out of everybody's reach until a span needs them.
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/span.h"
#include "gtest/gtest.h"
#include "tests/pages/page_heap_fixture.h"

namespace headroom {
namespace {

class PageHeapAccessTest : public PageHeapFixture {
 protected:
  Span* Guarded(size_t pages, size_t closed_tail) {
    return heap_.NewSpan(PageCount{pages}, SpanUse::kLarge, 0, kPageBytes,
                         nullptr, closed_tail);
  }
  // What front does with a large block that is freed.
  void Close(Span* span) {
    ASSERT_TRUE(source_.Release(span->memory, ReleaseMode::kProtect));
    heap_.DeleteSpan(span, PageHeap::Closed::kAll);
  }
  bool IsClosed(PageId first, size_t pages) {
    return map_.CountClosed(first, PageCount{pages}) == PageCount{pages};
  }
  bool IsAccessible(MemoryRange range) const {
    for (uintptr_t page = range.start; page < range.end();
         page += kKernelPageBytes) {
      if (source_.IsProtected({page, 1})) return false;
    }
    return true;
  }
  // Of a tail of one page: it is closed, and nothing else is.
  void ExpectGuarded(const Span* span) {
    EXPECT_TRUE(span->is_guarded);
    const MemoryRange usable{span->memory.start,
                             span->memory.bytes - kKernelPageBytes};
    EXPECT_TRUE(IsAccessible(usable));
    EXPECT_TRUE(source_.IsProtected({usable.end(), kKernelPageBytes}));
  }
};

TEST_F(PageHeapAccessTest, WhatWasClosedStaysSoUntilItIsUsed) {
  Span* span = Large(10);
  const MemoryRange memory = span->memory;
  EXPECT_EQ(heap_.access_ranges(), 1u);
  Close(span);
  EXPECT_TRUE(source_.IsProtected(memory));
  EXPECT_TRUE(IsClosed(PageContaining(memory.start), 10));
  EXPECT_EQ(heap_.access_ranges(), 1u);
  span = Large(10);
  EXPECT_EQ(span->memory, memory);
  EXPECT_TRUE(IsAccessible(memory));
  EXPECT_FALSE(map_.IsClosed(span->first));
  EXPECT_FALSE(span->is_guarded);
  Fill(span);
  heap_.DeleteSpan(span);
  EXPECT_EQ(heap_.access_ranges(), 0u);
}

TEST_F(PageHeapAccessTest, OnlyWhatIsUsedIsOpened) {
  Span* span = Large(10);
  const PageId first = span->first;
  Close(span);
  Span* head = Large(3);
  ASSERT_EQ(head->first, first);
  EXPECT_TRUE(IsAccessible(head->memory));
  EXPECT_TRUE(IsClosed(first + PageCount{3}, 7));
  EXPECT_TRUE(source_.IsProtected(
      {(first + PageCount{3}).address(), PageCount{7}.bytes()}));
  EXPECT_EQ(heap_.access_ranges(), 2u);
  Close(head);
  EXPECT_EQ(heap_.access_ranges(), 1u);
}

// Some of its pages closed, some not.
TEST_F(PageHeapAccessTest, AMixedRunBecomesAccessible) {
  Span* spans[4];
  for (Span*& span : spans) span = Large(5);
  const MemoryRange all{spans[0]->memory.start, 20 * kPageBytes};
  ASSERT_EQ(spans[3]->memory.end(), all.end());
  Close(spans[0]);
  heap_.DeleteSpan(spans[1]);
  Close(spans[2]);
  EXPECT_EQ(heap_.access_ranges(), 3u);
  heap_.DeleteSpan(spans[3]);
  EXPECT_EQ(heap_.access_ranges(), 2u);
  Span* whole = Guarded(20, kKernelPageBytes);
  ASSERT_EQ(whole->memory, all);
  // What was open before cannot serve as a guard.
  EXPECT_FALSE(whole->is_guarded);
  EXPECT_TRUE(IsAccessible(all));
  Fill(whole);
  EXPECT_EQ(heap_.access_ranges(), 1u);
}

TEST_F(PageHeapAccessTest, TheTailOfAClosedRunStaysAGuard) {
  Span* span = Large(10);
  const MemoryRange memory = span->memory;
  Close(span);
  span = Guarded(10, kKernelPageBytes);
  ASSERT_EQ(span->memory, memory);
  EXPECT_TRUE(span->is_guarded);
  const MemoryRange usable{memory.start, memory.bytes - kKernelPageBytes};
  EXPECT_TRUE(IsAccessible(usable));
  EXPECT_TRUE(source_.IsProtected({usable.end(), kKernelPageBytes}));
  EXPECT_FALSE(map_.IsClosed(span->first + PageCount{9})) << "it is in use";
  Close(span);
  // Nothing was closed: nothing to keep.
  Span* fresh = Guarded(100, kKernelPageBytes);
  EXPECT_FALSE(fresh->is_guarded);
  EXPECT_TRUE(IsAccessible(fresh->memory));
}

// A guard that the kernel did not open is all that is closed of its span.
TEST_F(PageHeapAccessTest, AGuardInWhatWasClosedPartlyIsClosedAnew) {
  Close(Large(10));
  Span* span = Guarded(10, kKernelPageBytes);
  ASSERT_TRUE(span->is_guarded);
  heap_.DeleteSpan(span, PageHeap::Closed::kPartly);
  for (const size_t pages : {4, 6}) {
    span = Guarded(pages, kKernelPageBytes);
    ExpectGuarded(span);
  }
}

TEST_F(PageHeapAccessTest, AGuardInWhatMayHaveBeenOpenedIsClosedAnew) {
  Close(Large(10));
  source_.fail_access_change = 1;
  source_.grow_works = false;
  EXPECT_EQ(Large(10), nullptr);
  Span* span = Guarded(10, kKernelPageBytes);
  ASSERT_NE(span, nullptr);
  ExpectGuarded(span);
}

// Then there is none.
TEST_F(PageHeapAccessTest, NoGuardWhereTheKernelDoesNotCloseIt) {
  Close(Large(10));
  Span* span = Guarded(10, kKernelPageBytes);
  heap_.DeleteSpan(span, PageHeap::Closed::kPartly);
  source_.fail_access_change = 1;
  span = Guarded(10, kKernelPageBytes);
  EXPECT_FALSE(span->is_guarded);
  EXPECT_TRUE(IsAccessible(span->memory));
  Fill(span);
}

TEST_F(PageHeapAccessTest, SmallSpansTakeClosedPagesToo) {
  Close(Large(10));
  Span* span = heap_.NewSpan(PageCount{4}, SpanUse::kSmall, 3);
  EXPECT_TRUE(IsAccessible(span->memory));
  Fill(span);
  heap_.DeleteSpan(span);
  EXPECT_EQ(heap_.access_ranges(), 1u);
}

TEST_F(PageHeapAccessTest, WhereOneRunCannotBeOpenedAnotherServes) {
  Span* span = Large(10);
  const MemoryRange memory = span->memory;
  Close(span);
  source_.fail_access_change = 1;
  Span* other = Large(4);
  ASSERT_NE(other, nullptr);
  EXPECT_TRUE(IsAccessible(other->memory));
  EXPECT_EQ(heap_.stats().in_use.value, 4u);
  heap_.DeleteSpan(other);
  EXPECT_EQ(Large(10)->memory, memory) << "nothing is lost";
}

TEST_F(PageHeapAccessTest, WhatCannotBeOpenedIsNotLost) {
  Span* span = Large(10);
  const MemoryRange memory = span->memory;
  Close(span);
  source_.grow_works = false;
  for (const size_t pages : {size_t{10}, size_t{6}}) {
    source_.fail_access_change = 1;
    EXPECT_EQ(Large(pages), nullptr);
    EXPECT_EQ(heap_.stats().in_use.value, 0u);
    EXPECT_EQ(heap_.stats().free_spans, 1u);
    EXPECT_TRUE(IsClosed(PageContaining(memory.start), 10));
    EXPECT_EQ(heap_.access_ranges(), 1u);
  }
  // Nor do its pages, some of which were open, become a trap.
  span = Large(4);
  heap_.DeleteSpan(span);
  source_.fail_access_change = 1;
  EXPECT_EQ(Large(10), nullptr);
  span = Large(10);
  ASSERT_EQ(span->memory, memory);
  EXPECT_TRUE(IsAccessible(memory));
  Fill(span);
}

TEST_F(PageHeapAccessTest, GrowsInPlaceOverClosedPages) {
  Span* span = Large(5);
  Span* right = Large(5);
  ASSERT_EQ(right->first, span->first + PageCount{5});
  Close(right);
  source_.fail_access_change = 1;
  EXPECT_FALSE(heap_.ResizeInPlace(span, PageCount{7}));
  EXPECT_EQ(span->pages.value, 5u);
  EXPECT_TRUE(IsClosed(span->first + PageCount{5}, 5));
  EXPECT_TRUE(heap_.ResizeInPlace(span, PageCount{7}));
  EXPECT_TRUE(IsAccessible(span->memory));
  Fill(span);
  EXPECT_TRUE(IsClosed(span->first + PageCount{7}, 3));
  EXPECT_EQ(heap_.access_ranges(), 2u);
  EXPECT_FALSE(heap_.ResizeInPlace(span, PageCount{11}));
  EXPECT_TRUE(heap_.ResizeInPlace(span, PageCount{10}));
  EXPECT_TRUE(IsAccessible(span->memory));
  EXPECT_EQ(heap_.access_ranges(), 1u);
}

// A growth that opened pages and then failed for want of a record leaves them
// open, free, and counted.
TEST_F(PageHeapAccessTest, OutOfRecordsNothingIsLost) {
  Span* span = Large(5);
  Close(Large(5));
  arena_source_.grow_works = false;
  std::vector<Span*> records;
  while (Span* other = Large(1)) records.push_back(other);
  EXPECT_GE(records.size(), 5u);
  for (Span* record : records) heap_.DeleteSpan(record);
  heap_.ResizeInPlace(span, PageCount{7});
  EXPECT_TRUE(IsAccessible(span->memory));
  arena_source_.grow_works = true;
  Fill(span);
}

TEST_F(PageHeapAccessTest, ClosedPagesDecayAndComeBackZeroed) {
  Span* span = Large(1000);
  Fill(span);
  const MemoryRange memory = span->memory;
  Close(span);
  for (int i = 0; i < 600; ++i) {
    AdvanceMs(100);
    heap_.Decay();
  }
  EXPECT_EQ(heap_.stats().free_dirty.value, 0u);
  EXPECT_EQ(source_.decommitted_bytes, memory.bytes);
  EXPECT_TRUE(source_.IsProtected(memory));
  EXPECT_TRUE(IsClosed(PageContaining(memory.start), 1000));
  bool zeroed = false;
  span =
      heap_.NewSpan(PageCount{1000}, SpanUse::kLarge, 0, kPageBytes, &zeroed);
  ASSERT_EQ(span->memory, memory);
  EXPECT_TRUE(zeroed);
  EXPECT_TRUE(IsZero(memory));
}

TEST_F(PageHeapAccessTest, ClosedPagesKeepTheirDirt) {
  Span* span = Large(4);
  Fill(span);
  Close(span);
  bool zeroed = true;
  span = heap_.NewSpan(PageCount{4}, SpanUse::kLarge, 0, kPageBytes, &zeroed);
  EXPECT_FALSE(zeroed);
  EXPECT_FALSE(IsZero(span->memory));
}

// Random traffic, every page looked at after each step.
class PageHeapAccessModelTest : public PageHeapAccessTest,
                                public ::testing::WithParamInterface<int> {
 protected:
  PageHeapAccessModelTest() : random_(GetParam()) {
    source_.on_heap_growth = [this](MemoryRange range) {
      for (uintptr_t a = range.start; a < range.end(); a += kPageBytes) {
        heap_pages_.push_back(PageContaining(a));
      }
    };
  }
  size_t UpTo(size_t most) { return random_() % most + 1; }

  void New() {
    const SpanUse use = random_() % 4 == 0 ? SpanUse::kSmall : SpanUse::kLarge;
    const size_t tail =
        use == SpanUse::kLarge && random_() % 2 == 0 ? kKernelPageBytes : 0;
    if (random_() % 10 == 0) source_.fail_access_change = 1;
    Span* span =
        heap_.NewSpan(PageCount{UpTo(12)}, use, 0, kPageBytes, nullptr, tail);
    if (span == nullptr) {
      ASSERT_EQ(source_.fail_access_change, 0);
      return;
    }
    source_.fail_access_change = 0;
    live_.push_back(span);
  }
  void Delete() {
    if (live_.empty()) return;
    std::swap(live_[random_() % live_.size()], live_.back());
    Span* span = live_.back();
    live_.pop_back();
    if (span->use == SpanUse::kLarge && random_() % 3 != 0) {
      Close(span);
      return;
    }
    if (span->is_guarded)
      source_.Release(span->memory, ReleaseMode::kUnprotect);
    heap_.DeleteSpan(span);
  }
  void Resize() {
    if (live_.empty()) return;
    Span* span = live_[random_() % live_.size()];
    if (span->is_guarded || span->use != SpanUse::kLarge) return;
    if (random_() % 10 == 0) source_.fail_access_change = 1;
    heap_.ResizeInPlace(span, PageCount{UpTo(2 * span->pages.value)});
    source_.fail_access_change = 0;
  }

  void CheckEverything() {
    size_t large = 0;
    for (const Span* span : live_) {
      large += span->use == SpanUse::kLarge;
      MemoryRange usable = span->memory;
      if (span->is_guarded) usable.bytes -= kKernelPageBytes;
      ASSERT_TRUE(IsAccessible(usable));
      ASSERT_EQ(source_.IsProtected({span->memory.end() - 1, 1}),
                span->is_guarded);
      ASSERT_EQ(map_.CountClosed(span->first, span->pages).value, 0u);
    }
    // Runs of kernel pages out of reach, and of heap pages noted as closed.
    size_t ranges = 0;
    size_t closed_runs = 0;
    bool was_protected = false;
    bool was_closed = false;
    PageId previous{0};
    for (const PageId page : heap_pages_) {
      if (page != previous + PageCount{1}) was_protected = was_closed = false;
      previous = page;
      const bool closed = map_.IsClosed(page);
      closed_runs += closed && !was_closed;
      was_closed = closed;
      for (uintptr_t a = page.address(); a < page.address() + kPageBytes;
           a += kKernelPageBytes) {
        const bool is_protected = source_.IsProtected({a, 1});
        ranges += is_protected && !was_protected;
        was_protected = is_protected;
      }
      // Free memory that is out of reach is always known to be.
      const Span* span = map_.Get(page);
      const bool in_use = span != nullptr && span->use != SpanUse::kFree;
      if (!in_use && was_protected) {
        ASSERT_TRUE(closed);
      }
    }
    ASSERT_EQ(heap_.access_ranges(), closed_runs + large);
    ASSERT_LE(ranges, heap_.access_ranges());
  }

  std::mt19937 random_;
  std::vector<PageId> heap_pages_;  // in order of address
  std::vector<Span*> live_;
};

TEST_P(PageHeapAccessModelTest, TheBoundHoldsAfterEveryStep) {
  source_.grow_gap = GetParam() % 2 * 3 * kPageBytes;
  source_.grow_surplus = 100 * kPageBytes;
  for (int step = 0; step < 1200; ++step) {
    const unsigned choice = random_() % 100;
    if (choice < (step / 200 % 2 == 0 ? 55u : 25u)) {
      New();
    } else if (choice < 80) {
      Delete();
    } else if (choice < 92) {
      Resize();
    } else if (choice < 96) {
      heap_.ReleaseFreePages(UpTo(50 * kPageBytes));
    } else {
      AdvanceMs(UpTo(300));
      heap_.Decay();
    }
    if (HasFatalFailure()) FAIL() << "step " << step;
    ASSERT_NO_FATAL_FAILURE(CheckEverything()) << "step " << step;
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, PageHeapAccessModelTest,
                         ::testing::Range(1, 7));

}  // namespace
}  // namespace headroom
