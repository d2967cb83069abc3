#include "allocator/pages/page_map.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/span.h"
#include "allocator/system/metadata_arena.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {
namespace {

constexpr uintptr_t kEndPage = uintptr_t{1} << (kAddressBits - kPageShift);
constexpr uintptr_t kGiB = (uintptr_t{1} << 30) / kPageBytes;

class PageMapTest : public ::testing::Test {
 protected:
  FakeMemorySource source_;
  MetadataArena arena_{source_};
  PageMap map_{arena_};
  Span a_;
  Span b_;
};

TEST_F(PageMapTest, AnyAddressMayBeAskedFor) {
  for (int pass = 0; pass < 2; ++pass) {
    for (uintptr_t page :
         {uintptr_t{0}, uintptr_t{1}, kEndPage - 1, kEndPage, kEndPage * 2,
          UINTPTR_MAX >> kPageShift, UINTPTR_MAX - 1, UINTPTR_MAX}) {
      EXPECT_EQ(map_.Get({page}), nullptr);
    }
    ASSERT_TRUE(map_.Reserve({5}, {1}));  // second pass: the root exists
  }
}

TEST_F(PageMapTest, ReserveRefusesWhatIsNoAddress) {
  EXPECT_FALSE(map_.Reserve({kEndPage - 1}, {2}));
  EXPECT_FALSE(map_.Reserve({kEndPage}, {1}));
  EXPECT_FALSE(map_.Reserve({UINTPTR_MAX}, {1}));
  EXPECT_FALSE(map_.Reserve({UINTPTR_MAX - 3}, {10}));
  EXPECT_TRUE(map_.Reserve({kEndPage - 1}, {1}));
}

TEST_F(PageMapTest, EntriesAreWhatWasSetOverLeafBounds) {
  const PageId first{3 * kGiB - 5};
  ASSERT_TRUE(map_.Reserve(first, {2 * kGiB}));
  map_.SetRange(first, {10}, &a_);
  map_.Set(first + PageCount{10}, &b_);
  map_.Set(first + PageCount{kGiB + 10}, &b_);
  EXPECT_EQ(map_.Get(first - PageCount{1}), nullptr);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(map_.Get(first + PageCount{i}), &a_);
  }
  EXPECT_EQ(map_.Get(first + PageCount{10}), &b_);
  EXPECT_EQ(map_.Get(first + PageCount{11}), nullptr);
  EXPECT_EQ(map_.Get(first + PageCount{kGiB + 10}), &b_);
  map_.SetRange(first, {10}, nullptr);
  EXPECT_EQ(map_.Get(first + PageCount{9}), nullptr);
  EXPECT_EQ(map_.Get(first + PageCount{10}), &b_);
}

TEST_F(PageMapTest, ASecondReservationKeepsWhatIsThere) {
  ASSERT_TRUE(map_.Reserve({10}, {1}));
  map_.Set({10}, &a_);
  map_.MarkBacked({10}, {1});
  const size_t held = arena_.stats().held_bytes;
  ASSERT_TRUE(map_.Reserve({5}, {20}));
  EXPECT_EQ(map_.Get({10}), &a_);
  EXPECT_EQ(map_.CountBacked({10}, {1}).value, 1u);
  EXPECT_EQ(arena_.stats().held_bytes, held);
}

TEST_F(PageMapTest, OutOfMemoryFailsAndMayBeRepeated) {
  source_.grow_works = false;
  EXPECT_FALSE(map_.Reserve({10}, {1}));
  EXPECT_EQ(map_.Get({10}), nullptr);
  source_.grow_works = true;
  source_.fail_call = 2;  // the root succeeds, the leaf fails
  EXPECT_FALSE(map_.Reserve({10}, {1}));
  EXPECT_EQ(map_.Get({10}), nullptr);
  EXPECT_TRUE(map_.Reserve({10}, {1}));
}

TEST_F(PageMapTest, SpareLeavesSaveTwoReservations) {
  source_.grow_works = false;
  EXPECT_FALSE(map_.PrepareSpareLeaves());
  source_.grow_works = true;
  EXPECT_TRUE(map_.PrepareSpareLeaves());
  const int calls = source_.grow_calls;
  EXPECT_TRUE(map_.PrepareSpareLeaves());
  EXPECT_EQ(source_.grow_calls, calls);
  source_.grow_works = false;
  EXPECT_TRUE(map_.Reserve({10}, {1}));
  EXPECT_TRUE(map_.Reserve({10 + kGiB}, {1}));
  EXPECT_FALSE(map_.Reserve({10 + 2 * kGiB}, {1}));
  map_.Set({10 + kGiB}, &a_);
  EXPECT_EQ(map_.Get({10 + kGiB}), &a_);
  EXPECT_EQ(map_.Get({10}), nullptr);
}

TEST_F(PageMapTest, BackedPagesAgreeWithASet) {
  const uintptr_t base = 7 * kGiB - 300;
  constexpr size_t kPages = 600;
  ASSERT_TRUE(map_.Reserve({base}, {kPages}));
  std::vector<bool> model(kPages);
  std::mt19937 random(3);
  for (int i = 0; i < 4000; ++i) {
    const size_t from = random() % kPages;
    const size_t n = random() % std::min<size_t>(kPages - from, 200) + 1;
    const bool mark = random() % 2 == 0;
    const PageId first{base + from};
    mark ? map_.MarkBacked(first, {n}) : map_.MarkUnbacked(first, {n});
    for (size_t k = from; k < from + n; ++k) model[k] = mark;

    const size_t at = random() % kPages;
    const size_t span = random() % (kPages - at) + 1;
    size_t count = 0;
    for (size_t k = at; k < at + span; ++k) count += model[k];
    ASSERT_EQ(map_.CountBacked({base + at}, {span}).value, count);
    size_t end = at + span;
    while (end > at && !model[end - 1]) --end;
    size_t start = end;
    while (start > at && model[start - 1]) --start;
    const PageRun run = map_.LastBackedRun({base + at}, {span});
    ASSERT_EQ(run.pages.value, end - start);
    if (end > start) {
      ASSERT_EQ(run.first.value, base + start);
    }
  }
}

// For ThreadSanitizer: what a reader finds is complete.
TEST_F(PageMapTest, ReadersSeeWhatWasPublished) {
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        for (uintptr_t i = 0; i < 64; ++i) {
          const Span* span = map_.Get({i * kGiB});
          if (span != nullptr) {
            EXPECT_EQ(span->first.value, i);
          }
        }
      }
    });
  }
  std::vector<Span> spans(64);
  for (uintptr_t i = 0; i < 64; ++i) {
    ASSERT_TRUE(map_.Reserve({i * kGiB}, {1}));
    spans[i].first = {i};
    map_.Set({i * kGiB}, &spans[i]);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace headroom
