#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/decay.h"
#include "allocator/pages/kept_mappings.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/span.h"
#include "gtest/gtest.h"
#include "tests/pages/page_heap_fixture.h"

namespace headroom {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kKeep = 64 * kMiB;

class PageHeapKeptTest : public PageHeapFixture {
 protected:
  PageHeapKeptTest() { heap_.Decay(); }

  Span* New(size_t bytes, bool zeroed = false) {
    return heap_.NewMapping(bytes, {}, zeroed);
  }
  size_t Kept() const { return heap_.stats().kept_bytes; }
  void Tick() {
    AdvanceMs(kDecayTickMs);
    heap_.Decay();
  }
};

TEST_F(PageHeapKeptTest, ServesTheNextOneAndNothingIsLeftAtTheOldAddress) {
  Span* span = New(8 * kMiB);
  const MemoryRange old = span->memory;
  Bytes(old)[5] = 7;
  heap_.DeleteMapping(span, kKeep);
  EXPECT_FALSE(source_.Owns(old));
  EXPECT_EQ(Kept(), old.bytes);
  const int calls = source_.grow_calls;
  span = New(8 * kMiB);
  EXPECT_EQ(source_.grow_calls, calls);
  EXPECT_NE(span->memory.start, old.start);
  EXPECT_EQ(Bytes(span->memory)[5], 7) << "its pages are still backed";
  EXPECT_EQ(Kept(), 0u);
  EXPECT_EQ(map_.Get(span->first), span);
  heap_.DeleteMapping(span);
  EXPECT_EQ(source_.mapped_bytes, 0u) << "nothing is kept unless asked for";
}

TEST_F(PageHeapKeptTest, TheGuardStaysBehindAndGoes) {
  Span* span = New(8 * kMiB);
  span->back_guard = kKernelPageBytes;
  const MemoryRange old = span->memory;
  source_.Release({old.end() - kKernelPageBytes, kKernelPageBytes},
                  ReleaseMode::kProtect);
  heap_.DeleteMapping(span, kKeep);
  EXPECT_EQ(Kept(), old.bytes) << "room for the next guard";
  EXPECT_EQ(source_.mapped_bytes, old.bytes);
  EXPECT_EQ(source_.protected_bytes(), 0u);
}

TEST_F(PageHeapKeptTest, WhatMustReadAsZeroIsFresh) {
  Span* span = New(8 * kMiB);
  Fill(span);
  heap_.DeleteMapping(span, kKeep);
  span = New(8 * kMiB, /*zeroed=*/true);
  EXPECT_TRUE(IsZero(span->memory));
  EXPECT_EQ(Kept(), 0u) << "as much that was kept has gone";
}

TEST_F(PageHeapKeptTest, ALargerOneIsSplitAndASmallerOneGrows) {
  heap_.DeleteMapping(New(32 * kMiB), kKeep);
  Span* part = New(8 * kMiB);
  EXPECT_EQ(Kept(), 24 * kMiB);
  EXPECT_EQ(part->memory.bytes, 8 * kMiB);
  Span* most = New(24 * kMiB - kKernelPageBytes);
  EXPECT_EQ(Kept(), 0u) << "a little rest is not kept";
  EXPECT_EQ(source_.mapped_bytes, 32 * kMiB - kKernelPageBytes);
  heap_.DeleteMapping(part, kKeep);
  const int moves = source_.move_calls;
  part = New(16 * kMiB);
  EXPECT_EQ(source_.move_calls, moves + 1);
  EXPECT_EQ(part->memory.bytes, 16 * kMiB);
  heap_.DeleteMapping(most);
  heap_.DeleteMapping(part);
  EXPECT_EQ(source_.mapped_bytes, 0u);
}

TEST_F(PageHeapKeptTest, NeverBacksMoreThanWasOnceInUse) {
  std::vector<Span*> spans;
  size_t peak = 0;
  uint32_t dice = 1;
  for (int i = 0; i < 500; ++i) {
    dice = dice * 1664525 + 1013904223;
    const size_t bytes = kMiB << (dice >> 16) % 6;
    if (spans.size() == 4 || (!spans.empty() && dice >> 30 == 0)) {
      std::swap(spans[(dice >> 8) % spans.size()], spans.back());
      heap_.DeleteMapping(spans.back(), kKeep);
      spans.pop_back();
    } else if (!spans.empty() && dice >> 30 == 1) {
      ASSERT_TRUE(heap_.ResizeMapping(spans[0], bytes));
    } else {
      spans.push_back(New(bytes, dice >> 30 == 2));
    }
    peak = std::max(peak, heap_.stats().mapping_bytes);
    ASSERT_LE(Kept(), kKeep);
    ASSERT_EQ(source_.mapped_bytes, heap_.stats().mapping_bytes + Kept());
    ASSERT_LE(source_.mapped_bytes, peak);
  }
}

TEST_F(PageHeapKeptTest, FreshPagesOfASpanTakeThePlaceOfWhatIsKept) {
  const size_t pages = 8 * kMiB / kPageBytes;
  heap_.DeleteMapping(New(32 * kMiB), kKeep);
  source_.grow_surplus = 32 * kMiB;
  Span* span = Large(pages);
  EXPECT_EQ(Kept(), 24 * kMiB);
  heap_.DeleteSpan(span);
  span = Large(pages / 2);
  EXPECT_EQ(Kept(), 24 * kMiB) << "its pages were backed";
  ASSERT_TRUE(heap_.ResizeInPlace(span, PageCount{pages}));
  EXPECT_EQ(Kept(), 24 * kMiB);
  ASSERT_TRUE(heap_.ResizeInPlace(span, PageCount{2 * pages}));
  EXPECT_EQ(Kept(), 16 * kMiB);
  for (int i = 0; i < 8; ++i) Large(kMiB / kPageBytes / 2);
  EXPECT_EQ(Kept(), 12 * kMiB) << "by the megabyte";
}

TEST_F(PageHeapKeptTest, TheOldestMakeRoomAndOnlyTheHeadOfALargeOneStays) {
  heap_.DeleteMapping(New(100 * kMiB), kKeep);
  EXPECT_EQ(Kept(), kKeep);
  EXPECT_EQ(source_.mapped_bytes, kKeep);
  std::vector<Span*> spans;
  for (size_t i = 0; i <= KeptMappings::kMost; ++i) {
    spans.push_back(New(2 * kMiB));
  }
  for (Span* span : spans) heap_.DeleteMapping(span, kKeep);
  EXPECT_EQ(Kept(), KeptMappings::kMost * 2 * kMiB);
}

TEST_F(PageHeapKeptTest, ALittleIsNotWorthIt) {
  heap_.DeleteMapping(New(kLeastKeptBytes / 2), kKeep);
  heap_.DeleteMapping(New(8 * kMiB), kLeastKeptBytes / 2);
  EXPECT_EQ(source_.move_calls, 0);
  EXPECT_EQ(source_.mapped_bytes, 0u);
}

TEST_F(PageHeapKeptTest, WhatTheKernelDoesNotMoveIsUnmapped) {
  Span* span = New(8 * kMiB);
  source_.moves = false;
  heap_.DeleteMapping(span, kKeep);
  EXPECT_EQ(source_.mapped_bytes, 0u);
  source_.moves = true;
  heap_.DeleteMapping(New(8 * kMiB), kKeep);
  source_.moves = false;
  EXPECT_EQ(New(16 * kMiB)->memory.bytes, 16 * kMiB) << "fresh, then";
  EXPECT_EQ(source_.mapped_bytes, 16 * kMiB);
}

TEST_F(PageHeapKeptTest, IdleTimeHalvesItEachSecondAndATrimTakesItAll) {
  heap_.DeleteMapping(New(64 * kMiB), kKeep);
  Tick();  // the window in which it was freed
  EXPECT_EQ(Kept(), 64 * kMiB);
  for (int i = 0; i < 10; ++i) Tick();
  EXPECT_NEAR(static_cast<double>(Kept()), 32e6, 3e6);
  EXPECT_EQ(source_.mapped_bytes, Kept());
  const size_t kept = Kept();
  EXPECT_EQ(heap_.ReleaseFreePages(SIZE_MAX), kept);
  EXPECT_EQ(Kept(), 0u);
  EXPECT_EQ(source_.mapped_bytes, 0u);
}

TEST_F(PageHeapKeptTest, WhatIsInUseAgainAndAgainDoesNotDecay) {
  Span* span = New(8 * kMiB);
  heap_.DeleteMapping(span, kKeep);
  for (int i = 0; i < 50; ++i) {
    span = New(8 * kMiB);
    Tick();
    heap_.DeleteMapping(span, kKeep);
    EXPECT_EQ(Kept(), 8 * kMiB);
  }
}

TEST_F(PageHeapKeptTest, GoesBeforeTheHeapIsOutOfMemory) {
  for (int which = 0; which < 2; ++which) {
    heap_.DeleteMapping(New(8 * kMiB), kKeep);
    source_.fail_call = which == 0 ? 1 : 2;
    if (which == 0) {
      EXPECT_NE(Large(100000), nullptr);
    } else {
      // The first call would let what is kept grow.
      source_.moves = false;
      EXPECT_NE(New(16 * kMiB), nullptr);
    }
    EXPECT_EQ(Kept(), 0u);
  }
}

}  // namespace
}  // namespace headroom
