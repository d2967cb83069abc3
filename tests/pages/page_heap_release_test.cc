#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/decay.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/span.h"
#include "gtest/gtest.h"
#include "tests/pages/page_heap_fixture.h"

namespace headroom {
namespace {

class PageHeapReleaseTest : public PageHeapFixture {
 protected:
  // Frees `pages` in spans of 8, none next to another.
  void MakeDirty(size_t pages) {
    std::vector<Span*> spans;
    for (size_t i = 0; i < pages / 8; ++i) {
      spans.push_back(Large(8));
      Large(1);
    }
    for (Span* span : spans) heap_.DeleteSpan(span);
  }
  size_t Dirty() const { return heap_.stats().free_dirty.value; }
  void Tick(int times) {
    for (int i = 0; i < times; ++i) {
      AdvanceMs(kDecayTickMs);
      heap_.Decay();
    }
  }
};

TEST_F(PageHeapReleaseTest, AnIdleHeapHalvesEachSecond) {
  heap_.Decay();
  MakeDirty(4000);
  Tick(1);  // the window in which they were freed
  EXPECT_EQ(Dirty(), 4000u);
  for (int second = 1; second <= 5; ++second) {
    Tick(10);
    EXPECT_NEAR(Dirty(), 4000 / std::exp2(second), 70) << second;
  }
  Tick(100);
  EXPECT_EQ(Dirty(), 0u);
  const int calls = source_.release_calls;
  Tick(10);
  EXPECT_EQ(source_.release_calls, calls);
}

TEST_F(PageHeapReleaseTest, FreeingDecaysWithoutAnyOtherCall) {
  heap_.Decay();
  MakeDirty(4000);
  for (int i = 0; i < 100; ++i) {
    AdvanceMs(100);
    heap_.DeleteSpan(Large(1));
  }
  EXPECT_LT(Dirty(), 30u);
}

TEST_F(PageHeapReleaseTest, NothingIsDueTwiceInATick) {
  heap_.Decay();
  MakeDirty(4000);
  Tick(2);
  const size_t dirty = Dirty();
  EXPECT_LT(dirty, 4000u);
  for (int i = 0; i < 50; ++i) heap_.Decay();
  AdvanceMs(kDecayTickMs - 1);
  heap_.Decay();
  EXPECT_EQ(Dirty(), dirty);
  AdvanceMs(1);
  heap_.Decay();
  EXPECT_LT(Dirty(), dirty);
}

TEST_F(PageHeapReleaseTest, PagesInSteadyUseStay) {
  heap_.DeleteSpan(Large(2000));
  for (int i = 0; i < 100; ++i) {
    Span* span = Large(2000);
    AdvanceMs(kDecayTickMs / 2);
    heap_.DeleteSpan(span);
    AdvanceMs(kDecayTickMs / 2);
    heap_.Decay();
  }
  EXPECT_EQ(source_.decommitted_bytes, 0u);
  EXPECT_EQ(Dirty(), 2000u);
}

TEST_F(PageHeapReleaseTest, ASmallHotSpanDoesNotKeepTheRest) {
  MakeDirty(4000);
  for (int i = 0; i < 200; ++i) {
    AdvanceMs(50);
    heap_.DeleteSpan(Large(3));
  }
  EXPECT_LT(Dirty(), 40u);
}

TEST_F(PageHeapReleaseTest, TheOldestGoFirst) {
  Span* young = Large(40);
  Large(1);
  Span* old = Large(40);
  Large(1);
  const PageId young_first = young->first;
  const PageId old_first = old->first;
  heap_.DeleteSpan(old);
  heap_.DeleteSpan(young);
  EXPECT_EQ(heap_.ReleaseFreePages(30 * kPageBytes), 30 * kPageBytes);
  EXPECT_EQ(map_.CountBacked(young_first, PageCount{40}).value, 40u);
  EXPECT_EQ(map_.CountBacked(old_first, PageCount{40}).value, 10u);
  EXPECT_EQ(map_.LastBackedRun(old_first, PageCount{40}).first, old_first)
      << "the lowest pages are used first, so the highest go";
}

TEST_F(PageHeapReleaseTest, WhatIsLeftOfASplitSpanKeepsItsAge) {
  Span* old = Large(40);
  Large(1);
  Span* young = Large(60);
  Large(1);
  const PageId old_first = old->first;
  heap_.DeleteSpan(old);
  heap_.DeleteSpan(young);
  Large(30);  // from the front of `old`
  EXPECT_EQ(heap_.ReleaseFreePages(10 * kPageBytes), 10 * kPageBytes);
  EXPECT_EQ(map_.CountBacked(old_first, PageCount{40}).value, 30u);
}

TEST_F(PageHeapReleaseTest, TheCapHoldsWithoutAClock) {
  // Several times the cap, while the clock stands still.
  std::vector<Span*> spans;
  const size_t each = 512;
  for (size_t i = 0; i < 4 * kDirtyFloor.value / each; ++i) {
    spans.push_back(Large(each));
  }
  for (Span* span : spans) {
    heap_.DeleteSpan(span);
    EXPECT_LE(heap_.stats().free_dirty, DirtyCap(heap_.stats().in_use));
  }
  EXPECT_EQ(Dirty(), kDirtyFloor.value);
}

TEST_F(PageHeapReleaseTest, TrimGivesWhatIsThereAndNoMoreThanAsked) {
  MakeDirty(800);
  EXPECT_EQ(heap_.ReleaseFreePages(0), 0u);
  EXPECT_EQ(heap_.ReleaseFreePages(1), kPageBytes);
  EXPECT_EQ(heap_.ReleaseFreePages(10 * kPageBytes), 10 * kPageBytes);
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), 789 * kPageBytes);
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), 0u);
  EXPECT_EQ(source_.decommitted_bytes, 800 * kPageBytes);
}

TEST_F(PageHeapReleaseTest, OneStepNeverHoldsTheLockForMuch) {
  heap_.DeleteSpan(Large(3000));
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), 3000 * kPageBytes);
  EXPECT_LE(source_.largest_decommit, kReleaseStep.bytes());
}

TEST_F(PageHeapReleaseTest, CleanPagesAreNeverReleasedAgain) {
  source_.grow_surplus = 1000 * kPageBytes;
  Span* span = Large(10);
  heap_.DeleteSpan(span);  // one free span of 1010 pages, 10 of them dirty
  EXPECT_EQ(heap_.stats().free_spans, 1u);
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), 10 * kPageBytes);
  EXPECT_EQ(source_.release_calls, 1);
}

TEST_F(PageHeapReleaseTest, ARefusalChangesNothingAndIsNotRepeatedForever) {
  MakeDirty(800);
  source_.release_works = false;
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), 0u);
  EXPECT_EQ(source_.release_calls, 1);
  EXPECT_EQ(Dirty(), 800u);
  source_.release_works = true;
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), 800 * kPageBytes);
}

}  // namespace
}  // namespace headroom
