#include "allocator/system/system_heap.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "allocator/base/units.h"
#include "gtest/gtest.h"
#include "tests/system/fake_os.h"

namespace headroom {
namespace {

class SystemHeapTest : public ::testing::Test {
 protected:
  // Grows the heap and checks everything that must hold for any result.
  MemoryRange Grow(size_t bytes, size_t alignment = kPageBytes) {
    errno = E2BIG;
    const MemoryRange range = heap_.Grow(bytes, alignment, GrowKind::kHeap);
    EXPECT_EQ(errno, E2BIG);
    if (range.empty()) return range;
    EXPECT_GE(range.bytes, bytes);
    EXPECT_EQ(range.start % alignment, 0u);
    EXPECT_EQ(range.start % kPageBytes, 0u);
    EXPECT_EQ(range.end() % kPageBytes, 0u);
    EXPECT_TRUE(os_.IsThere(range));
    EXPECT_FALSE(os_.IsForeign(range));
    for (const MemoryRange& other : ours_) {
      EXPECT_TRUE(range.end() <= other.start || other.end() <= range.start)
          << "handed out twice";
    }
    ours_.push_back(range);
    return range;
  }
  bool CameFromSbrk(MemoryRange range) const {
    return range.start < uintptr_t{1} << 46;
  }
  ~SystemHeapTest() override { EXPECT_EQ(os_.stray_calls, 0); }

  FakeOs os_;
  SystemHeap heap_{os_};
  std::vector<MemoryRange> ours_;
};

TEST_F(SystemHeapTest, GrowsContiguouslyInChunksThatDouble) {
  size_t expected = kFirstChunkBytes;
  uintptr_t end = 0;
  for (int i = 0; i < 12; ++i) {
    const MemoryRange range = Grow(kPageBytes);
    ASSERT_FALSE(range.empty());
    EXPECT_GE(range.bytes, expected);
    EXPECT_LT(range.bytes, expected + kHugePageBytes);
    if (end != 0) {
      EXPECT_EQ(range.start, end);
    }
    end = range.end();
    expected = std::min(2 * expected, kMaxChunkBytes);
  }
  EXPECT_EQ(heap_.stats().sbrk_segments, 1u);
  EXPECT_EQ(heap_.stats().sbrk_growths, 12u);
  EXPECT_EQ(heap_.stats().sbrk_bytes, end - ours_.front().start);
  EXPECT_EQ(os_.map_calls, 0);
}

TEST_F(SystemHeapTest, LargeChunksEndOnHugePages) {
  for (int i = 0; i < 8; ++i) Grow(kPageBytes);
  EXPECT_EQ(ours_.back().end() % kHugePageBytes, 0u);
}

TEST_F(SystemHeapTest, ARequestLargerThanTheChunkIsMetExactly) {
  EXPECT_EQ(Grow(size_t{100} << 20).bytes, size_t{100} << 20);
}

TEST_F(SystemHeapTest, HonoursAlignment) {
  Grow(kPageBytes);
  for (size_t alignment = kPageBytes; alignment <= size_t{1} << 30;
       alignment *= 4) {
    EXPECT_FALSE(Grow(kPageBytes, alignment).empty());
  }
}

TEST_F(SystemHeapTest, ForeignGrowthStartsANewSegment) {
  Grow(kPageBytes);
  os_.ForeignSbrk(10000);
  EXPECT_FALSE(Grow(kPageBytes).empty());
  EXPECT_EQ(heap_.stats().sbrk_segments, 2u);
  os_.ForeignSbrk(1);
  EXPECT_TRUE(CameFromSbrk(Grow(kPageBytes)));
  EXPECT_EQ(heap_.stats().sbrk_segments, 3u);
}

TEST_F(SystemHeapTest, ForeignGrowthThatIsTakenBackIsHarmless) {
  Grow(kPageBytes);
  os_.ForeignSbrk(10000);
  os_.ForeignSbrk(-10000);
  EXPECT_EQ(Grow(kPageBytes).start, ours_.front().end());
}

TEST_F(SystemHeapTest, ForeignShrinkBelowOurEndLeavesTheBreakAlone) {
  Grow(kPageBytes);
  os_.ForeignSbrk(-static_cast<intptr_t>(3 * kPageBytes));
  const uintptr_t shrunk = os_.break_end();
  const int moves = os_.sbrk_calls;
  for (int i = 0; i < 20; ++i) {
    const MemoryRange range = Grow(kPageBytes);
    ASSERT_FALSE(range.empty());
    EXPECT_FALSE(CameFromSbrk(range));
  }
  EXPECT_EQ(os_.sbrk_calls, moves);
  EXPECT_EQ(os_.break_end(), shrunk);
  // Once the break is above all that was ours, it may be used again.
  os_.ForeignSbrk(static_cast<intptr_t>(8 * kPageBytes));
  bool back = false;
  for (int i = 0; i < 100 && !back; ++i) back = CameFromSbrk(Grow(kPageBytes));
  EXPECT_TRUE(back);
}

TEST_F(SystemHeapTest, ForeignRawBrkIsNotCutOff) {
  Grow(kPageBytes);
  os_.ForeignRawBrk(1 << 20);
  const uintptr_t theirs = os_.break_end();
  EXPECT_FALSE(CameFromSbrk(Grow(kPageBytes)));
  EXPECT_EQ(os_.break_end(), theirs);
}

TEST_F(SystemHeapTest, ForeignRawBrkShrinkIsNoticed) {
  Grow(kPageBytes);
  os_.ForeignRawBrk(-static_cast<intptr_t>(kPageBytes));
  EXPECT_FALSE(CameFromSbrk(Grow(kPageBytes)));
}

TEST_F(SystemHeapTest, ARaceForTheBreakIsNoticed) {
  Grow(kPageBytes);
  os_.before_move = [&] { os_.ForeignSbrk(12345); };
  const MemoryRange range = Grow(kPageBytes);
  EXPECT_TRUE(CameFromSbrk(range));
  EXPECT_NE(range.start, ours_.front().end());
}

TEST_F(SystemHeapTest, ARaceThatTakesTheRoomForAlignmentIsRetried) {
  Grow(kPageBytes);
  os_.before_move = [&] { os_.ForeignSbrk(4096); };
  // Exact, because larger than a chunk: misaligned by the race, it is short.
  EXPECT_TRUE(CameFromSbrk(Grow(size_t{64} << 20)));
  EXPECT_GT(heap_.stats().padding_bytes, 0u);
}

TEST_F(SystemHeapTest, ARaceThatShrinksBelowOurEndGivesNothingTwice) {
  for (size_t bytes : {kPageBytes, size_t{64} << 20}) {
    Grow(kPageBytes);
    os_.before_move = [&] {
      os_.ForeignSbrk(-static_cast<intptr_t>(2 * kPageBytes));
    };
    EXPECT_FALSE(Grow(bytes).empty());
  }
}

TEST_F(SystemHeapTest, ABlockedBreakFallsBackToMapAndComesBack) {
  Grow(kPageBytes);
  const uintptr_t ceiling = os_.break_ceiling;
  os_.MapForeignAtBreak();
  for (int i = 0; i < 40; ++i) {
    const MemoryRange range = Grow(kPageBytes);
    ASSERT_FALSE(range.empty());
    EXPECT_FALSE(CameFromSbrk(range));
  }
  // Tried less and less often: a chunk and the exact size each time.
  EXPECT_LE(heap_.stats().sbrk_failures, 6u);
  os_.break_ceiling = ceiling;
  int growths = 0;
  while (!CameFromSbrk(Grow(kPageBytes)) && growths < 100) ++growths;
  EXPECT_LT(growths, 64);
  EXPECT_TRUE(CameFromSbrk(Grow(kPageBytes)));
}

TEST_F(SystemHeapTest, TakesTheLastOfANearlyBlockedBreak) {
  Grow(kPageBytes);
  os_.break_ceiling = os_.break_end() + 3 * kPageBytes;
  const MemoryRange range = Grow(2 * kPageBytes);
  EXPECT_TRUE(CameFromSbrk(range));
  EXPECT_EQ(range.bytes, 2 * kPageBytes);
}

TEST_F(SystemHeapTest, RlimitDataIsUsedUpToTheLastPage) {
  os_.data_limit = kFirstChunkBytes + 5 * kPageBytes;
  EXPECT_EQ(Grow(kPageBytes).bytes, kFirstChunkBytes);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Grow(kPageBytes).empty()) << i;
  EXPECT_TRUE(Grow(kPageBytes).empty());
  os_.data_limit += kPageBytes;
  EXPECT_FALSE(Grow(kPageBytes).empty()) << "sbrk is on pause, mmap works";
}

TEST_F(SystemHeapTest, MapTakesWhatIsLeftWhenAChunkIsTooMuch) {
  os_.sbrk_works = false;
  os_.data_limit = 5 * kPageBytes;
  EXPECT_EQ(Grow(2 * kPageBytes).bytes, 2 * kPageBytes);
}

TEST_F(SystemHeapTest, RlimitAsFailsAndRecovers) {
  os_.address_limit = size_t{1} << 20;
  EXPECT_TRUE(Grow(size_t{2} << 20).empty());
  EXPECT_FALSE(Grow(size_t{1} << 20).empty());
  EXPECT_TRUE(Grow(kPageBytes).empty());
}

TEST_F(SystemHeapTest, ASkippedSbrkIsTheLastResort) {
  const uintptr_t ceiling = os_.break_ceiling;
  os_.MapForeignAtBreak();
  Grow(kPageBytes);  // sbrk is on pause now
  os_.break_ceiling = ceiling;
  os_.map_works = false;
  EXPECT_TRUE(CameFromSbrk(Grow(kPageBytes)));
}

TEST_F(SystemHeapTest, ABreakThatNeverWorksIsNoHindrance) {
  os_.sbrk_works = false;
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(Grow(kPageBytes).empty());
  EXPECT_EQ(os_.sbrk_calls, 0);
  EXPECT_EQ(heap_.stats().heap_map_growths, 10u);
  os_.map_works = false;
  EXPECT_TRUE(Grow(kPageBytes).empty());
}

TEST(SystemHeapUnalignedTest, AnUnalignedBreakCostsOnlyPadding) {
  FakeOs os((uintptr_t{1} << 32) + 12345);
  SystemHeap heap(os);
  const MemoryRange range = heap.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
  EXPECT_EQ(range.start % kPageBytes, 0u);
  EXPECT_TRUE(os.IsThere(range));
  EXPECT_EQ(heap.stats().padding_bytes, kPageBytes - 12345 % kPageBytes);
}

TEST_F(SystemHeapTest, IncrementsAboveSsizeMaxNeverReachTheKernel) {
  const size_t limit = size_t{PTRDIFF_MAX};
  for (size_t bytes : {limit, limit + 1, limit - kPageBytes, SIZE_MAX,
                       SIZE_MAX - kPageBytes, limit / 2 + 1, limit / 2}) {
    EXPECT_TRUE(Grow(bytes).empty());
    EXPECT_TRUE(heap_.Grow(bytes, kPageBytes, GrowKind::kMapping).empty());
    EXPECT_TRUE(heap_.Grow(kPageBytes, bytes & ~(bytes - 1), GrowKind::kMapping)
                    .empty() ||
                (bytes & ~(bytes - 1)) <= kPageBytes);
  }
  EXPECT_GE(os_.smallest_increment, 0);
  EXPECT_TRUE(ours_.empty());
}

TEST_F(SystemHeapTest, NeverMovesTheBreakDown) {
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    switch (random() % 6) {
      case 0:
        os_.ForeignSbrk(random() % 50000 + 1);
        break;
      case 1:
        os_.fail_call = random() % 4;
        break;
      case 2:
        os_.before_move = [&] { os_.ForeignSbrk(random() % 9000 + 1); };
        break;
      default:
        Grow((random() % 300 + 1) * kPageBytes);
    }
  }
  EXPECT_GT(os_.smallest_increment, 0);
  EXPECT_GT(ours_.size(), 100u);
}

TEST_F(SystemHeapTest, MappingsAreExactAlignedAndGoBackWhole) {
  for (size_t alignment = kKernelPageBytes; alignment <= size_t{1} << 30;
       alignment *= 2) {
    errno = E2BIG;
    const MemoryRange range =
        heap_.Grow(3 * kKernelPageBytes, alignment, GrowKind::kMapping);
    EXPECT_EQ(errno, E2BIG);
    ASSERT_EQ(range.bytes, 3 * kKernelPageBytes);
    EXPECT_EQ(range.start % alignment, 0u);
    EXPECT_TRUE(os_.IsThere(range));
    EXPECT_EQ(os_.mapped_bytes(), range.bytes) << "not trimmed";
    EXPECT_EQ(heap_.stats().mapping_bytes, range.bytes);
    EXPECT_TRUE(heap_.Release(range, ReleaseMode::kUnmap));
    EXPECT_EQ(os_.mapped_bytes(), 0u);
    EXPECT_EQ(heap_.stats().mapping_bytes, 0u);
  }
}

TEST_F(SystemHeapTest, ResizeMovesOrFailsWithoutChange) {
  MemoryRange range =
      heap_.Grow(8 * kKernelPageBytes, kKernelPageBytes, GrowKind::kMapping);
  range = heap_.Resize(range, 20 * kKernelPageBytes);
  EXPECT_EQ(range.bytes, 20 * kKernelPageBytes);
  EXPECT_TRUE(os_.IsThere(range));
  EXPECT_EQ(heap_.stats().mapping_bytes, range.bytes);
  os_.map_works = false;
  errno = E2BIG;
  EXPECT_TRUE(heap_.Resize(range, 30 * kKernelPageBytes).empty());
  EXPECT_TRUE(heap_.Resize(range, SIZE_MAX).empty());
  EXPECT_EQ(errno, E2BIG);
  EXPECT_TRUE(os_.IsThere(range));
  EXPECT_EQ(heap_.stats().mapping_bytes, range.bytes);
}

TEST_F(SystemHeapTest, MoveLeavesNothingWhereTheHeadWas) {
  const MemoryRange old =
      heap_.Grow(8 * kKernelPageBytes, kKernelPageBytes, GrowKind::kMapping);
  const MemoryRange head{old.start, 6 * kKernelPageBytes};
  const MemoryRange moved = heap_.Move(head, 7 * kKernelPageBytes);
  EXPECT_EQ(moved.bytes, 7 * kKernelPageBytes);
  EXPECT_EQ(moved.start % kHugePageBytes, 0u);
  EXPECT_TRUE(os_.IsThere(moved));
  EXPECT_FALSE(os_.IsThere({old.start, kKernelPageBytes}));
  EXPECT_TRUE(os_.IsThere({head.end(), 2 * kKernelPageBytes}));
  EXPECT_EQ(heap_.stats().mapping_bytes, 9 * kKernelPageBytes);
}

TEST_F(SystemHeapTest, MoveTriesAFewPlacesAndFailsWithoutChange) {
  const MemoryRange range =
      heap_.Grow(8 * kKernelPageBytes, kKernelPageBytes, GrowKind::kMapping);
  os_.fail_call = 1;  // something lies there
  errno = E2BIG;
  const MemoryRange moved = heap_.Move(range, range.bytes);
  EXPECT_EQ(os_.move_calls, 2);
  EXPECT_TRUE(os_.IsThere(moved));
  os_.move_works = false;
  EXPECT_TRUE(heap_.Move(moved, moved.bytes).empty());
  EXPECT_TRUE(heap_.Move(moved, kMostMovedBytes + kPageBytes).empty());
  EXPECT_TRUE(heap_.Move(moved, SIZE_MAX).empty());
  EXPECT_EQ(errno, E2BIG);
  EXPECT_TRUE(os_.IsThere(moved));
  EXPECT_EQ(heap_.stats().mapping_bytes, moved.bytes);
}

TEST_F(SystemHeapTest, ARefusedReleaseIsReportedAndNotCounted) {
  const MemoryRange range = Grow(kPageBytes);
  os_.fail_call = 1;
  errno = E2BIG;
  EXPECT_FALSE(heap_.Release(range, ReleaseMode::kDecommit));
  EXPECT_EQ(errno, E2BIG);
  EXPECT_EQ(heap_.stats().decommitted_bytes, 0u);
  EXPECT_TRUE(heap_.Release(range, ReleaseMode::kDecommit));
  EXPECT_EQ(heap_.stats().decommitted_bytes, range.bytes);
}

TEST_F(SystemHeapTest, PagesAreProtectedAndOpenedAgain) {
  const MemoryRange mapping =
      heap_.Grow(3 * kKernelPageBytes, kKernelPageBytes, GrowKind::kMapping);
  const MemoryRange middle{mapping.start + kKernelPageBytes, kKernelPageBytes};
  EXPECT_TRUE(heap_.Release(middle, ReleaseMode::kProtect));
  EXPECT_FALSE(os_.IsProtected(mapping.start));
  EXPECT_TRUE(os_.IsProtected(middle.start));
  EXPECT_FALSE(os_.IsProtected(middle.end()));
  EXPECT_TRUE(heap_.Release(middle, ReleaseMode::kDecommit))
      << "what nobody can reach may go back, too";
  EXPECT_TRUE(heap_.Release(middle, ReleaseMode::kUnprotect));
  EXPECT_FALSE(os_.IsProtected(middle.start));
  EXPECT_EQ(heap_.stats().protections, 2u);
  EXPECT_EQ(heap_.stats().mapping_bytes, mapping.bytes);
}

TEST_F(SystemHeapTest, ARefusedProtectionIsReportedAndNotCounted) {
  const MemoryRange range = Grow(kPageBytes);
  os_.protect_works = false;
  for (ReleaseMode mode : {ReleaseMode::kProtect, ReleaseMode::kUnprotect}) {
    errno = E2BIG;
    EXPECT_FALSE(heap_.Release(range, mode));
    EXPECT_EQ(errno, E2BIG);
  }
  EXPECT_EQ(heap_.stats().protections, 0u);
  os_.protect_works = true;
  EXPECT_TRUE(heap_.Release(range, ReleaseMode::kProtect));
  EXPECT_EQ(heap_.stats().protections, 1u);
}

TEST_F(SystemHeapTest, EveryCallMayFailAndTheNextWorks) {
  for (int n = 1; n < 12; ++n) {
    os_.fail_call = n;
    for (int i = 0; i < 12; ++i) {
      Grow(kPageBytes);
      heap_.Grow(kPageBytes, 4 * kPageBytes, GrowKind::kMapping);
    }
    os_.fail_call = 0;
    EXPECT_FALSE(Grow(kPageBytes).empty());
  }
}

TEST_F(SystemHeapTest, ForkHandlersHoldAndFreeTheLock) {
  for (bool in_child : {false, true}) {
    heap_.AcquireForFork();
    std::atomic<bool> grown{false};
    std::thread other;
    if (!in_child) {
      other = std::thread([&] {
        heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
        grown = true;
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      EXPECT_FALSE(grown);
    }
    heap_.ReleaseAfterFork(in_child);
    if (other.joinable()) other.join();
    EXPECT_FALSE(heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap).empty());
  }
}

}  // namespace
}  // namespace headroom
