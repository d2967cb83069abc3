// The page heap against a model that knows each page: random operations,
// everything compared after each.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
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

struct FreeRun {
  uintptr_t first;
  size_t pages;
};

class PageHeapModelTest : public PageHeapFixture,
                          public ::testing::WithParamInterface<int> {
 protected:
  struct Page {
    Span* owner = nullptr;
    bool backed = false;
  };

  PageHeapModelTest() : random_(GetParam()) {
    source_.on_heap_growth = [this](MemoryRange range) {
      for (uintptr_t a = range.start; a < range.end(); a += kPageBytes) {
        pages_[a >> kPageShift] = {};
      }
    };
    source_.on_decommit = [this](MemoryRange range) {
      for (uintptr_t a = range.start; a < range.end(); a += kPageBytes) {
        Page& page = pages_.at(a >> kPageShift);
        EXPECT_EQ(page.owner, nullptr) << "decommitted under its owner";
        EXPECT_TRUE(page.backed) << "decommitted twice";
        page.backed = false;
      }
    };
  }

  size_t RandomUpTo(size_t most) { return random_() % most + 1; }

  // All maximal runs of free pages, in order of address.
  std::vector<FreeRun> FreeRuns() const {
    std::vector<FreeRun> runs;
    for (const auto& [number, page] : pages_) {
      if (page.owner != nullptr) continue;
      if (!runs.empty() && runs.back().first + runs.back().pages == number) {
        ++runs.back().pages;
      } else {
        runs.push_back({number, 1});
      }
    }
    return runs;
  }

  void Own(Span* span, size_t from) {
    for (size_t i = from; i < span->pages.value; ++i) {
      Page& page = pages_.at(span->first.value + i);
      ASSERT_EQ(page.owner, nullptr) << "handed out twice";
      page = {span, true};
    }
  }
  void Disown(uintptr_t first, size_t pages) {
    for (size_t i = 0; i < pages; ++i) pages_.at(first + i).owner = nullptr;
  }

  void New() {
    const size_t pages = random_() % 8 == 0 ? RandomUpTo(400) : RandomUpTo(12);
    const size_t alignment =
        random_() % 6 == 0 ? kPageBytes << random_() % 7 : kPageBytes;
    const FreeRun* best = nullptr;
    const std::vector<FreeRun> runs = FreeRuns();
    for (const FreeRun& run : runs) {
      if (run.pages < pages) continue;
      if (best == nullptr || run.pages < best->pages) best = &run;
    }
    bool zeroed = false;
    const int grown = source_.grow_calls;
    Span* span =
        heap_.NewSpan(PageCount{pages}, SpanUse::kLarge, 0, alignment, &zeroed);
    ASSERT_NE(span, nullptr);
    ASSERT_EQ(span->pages.value, pages);
    ASSERT_EQ(span->first.address() % alignment, 0u);
    if (alignment == kPageBytes) {
      ASSERT_EQ(source_.grow_calls != grown, best == nullptr);
      if (best != nullptr) {
        ASSERT_EQ(span->first.value, best->first) << "not the best fit";
      }
    }
    bool backed = false;
    for (size_t i = 0; i < pages; ++i) {
      backed |= pages_.at(span->first.value + i).backed;
    }
    ASSERT_EQ(zeroed, !backed);
    if (zeroed) {
      ASSERT_TRUE(IsZero(span->memory));
    }
    Fill(span);
    Own(span, 0);
    live_.push_back(span);
  }

  Span* TakeRandomLive() {
    std::swap(live_[random_() % live_.size()], live_.back());
    Span* span = live_.back();
    live_.pop_back();
    return span;
  }

  void Delete() {
    if (live_.empty()) return;
    Span* span = TakeRandomLive();
    Disown(span->first.value, span->pages.value);
    heap_.DeleteSpan(span);
  }

  void Resize() {
    if (live_.empty()) return;
    Span* span = live_[random_() % live_.size()];
    const size_t old = span->pages.value;
    const size_t wanted = RandomUpTo(2 * old);
    const uintptr_t end = span->first.value + old;
    bool fits = true;
    for (uintptr_t page = end; page < span->first.value + wanted; ++page) {
      const auto it = pages_.find(page);
      fits &= it != pages_.end() && it->second.owner == nullptr;
    }
    if (wanted < old) Disown(span->first.value + wanted, old - wanted);
    ASSERT_EQ(heap_.ResizeInPlace(span, PageCount{wanted}), fits);
    ASSERT_EQ(span->pages.value, fits ? wanted : old);
    ASSERT_EQ(span->memory.bytes, span->pages.bytes());
    if (fits && wanted > old) Own(span, old);
    Fill(span);
  }

  void CheckEverything() {
    PageCount in_use;
    PageCount dirty;
    PageCount clean;
    for (const auto& [number, page] : pages_) {
      (page.owner != nullptr ? in_use : page.backed ? dirty : clean).value++;
      if (page.owner != nullptr) {
        ASSERT_EQ(map_.Get({number}), page.owner);
      }
    }
    const std::vector<FreeRun> runs = FreeRuns();
    for (const FreeRun& run : runs) {
      const Span* span = map_.Get({run.first});
      ASSERT_NE(span, nullptr);
      ASSERT_EQ(span->use, SpanUse::kFree);
      ASSERT_EQ(span->first.value, run.first) << "not coalesced";
      ASSERT_EQ(span->pages.value, run.pages) << "not coalesced";
      ASSERT_EQ(map_.Get({run.first + run.pages - 1}), span);
      for (size_t i = 1; i + 1 < run.pages; ++i) {
        ASSERT_EQ(map_.Get({run.first + i}), nullptr);
      }
    }
    const PageHeapStats stats = heap_.stats();
    ASSERT_EQ(stats.heap.value, pages_.size());
    ASSERT_EQ(stats.in_use, in_use);
    ASSERT_EQ(stats.free_dirty, dirty);
    ASSERT_EQ(stats.free_clean, clean);
    ASSERT_EQ(stats.free_spans, runs.size());
    ASSERT_EQ(stats.released_bytes, source_.decommitted_bytes);
    ASSERT_GE(stats.peak_in_use, stats.in_use);
  }

  std::mt19937 random_;
  std::map<uintptr_t, Page> pages_;
  std::vector<Span*> live_;
};

TEST_P(PageHeapModelTest, AgreesAfterEveryStep) {
  source_.grow_gap = GetParam() % 2 * 3 * kPageBytes;
  source_.grow_surplus = GetParam() % 3 * 700 * kPageBytes;
  for (int step = 0; step < 1500; ++step) {
    const unsigned choice = random_() % 100;
    if (choice < (step / 250 % 2 == 0 ? 50u : 30u)) {
      New();
    } else if (choice < 80) {
      Delete();
    } else if (choice < 92) {
      Resize();
    } else if (choice < 95) {
      heap_.ReleaseFreePages(RandomUpTo(100 * kPageBytes));
    } else {
      AdvanceMs(RandomUpTo(300));
      heap_.Decay();
    }
    if (HasFatalFailure()) FAIL() << "step " << step;
    ASSERT_NO_FATAL_FAILURE(CheckEverything()) << "step " << step;
  }
  while (!live_.empty()) Delete();
  CheckEverything();
  EXPECT_EQ(heap_.stats().in_use.value, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PageHeapModelTest, ::testing::Range(1, 9));

}  // namespace
}  // namespace headroom
