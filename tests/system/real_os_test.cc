// The system heap on the real kernel. libc's own malloc uses the break too:
// the foreign caller that the heap has to live with.
#include "allocator/system/real_os.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "allocator/system/read_only.h"
#include "allocator/system/system_heap.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

unsigned char* Bytes(MemoryRange range) {
  return reinterpret_cast<unsigned char*>(range.start);
}
bool IsZero(MemoryRange range) {
  const unsigned char* bytes = Bytes(range);
  return bytes[0] == 0 && memcmp(bytes, bytes + 1, range.bytes - 1) == 0;
}
// Runs `body` in a child; true when it returns true.
template <typename Body>
bool InChild(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class RealOsTest : public ::testing::Test {
 protected:
  RealOs os_;
  SystemHeap heap_{os_};
};

TEST_F(RealOsTest, HeapMemoryIsZeroedAndWritable) {
  for (int i = 0; i < 6; ++i) {
    errno = E2BIG;
    const MemoryRange range =
        heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
    EXPECT_EQ(errno, E2BIG);
    ASSERT_FALSE(range.empty());
    EXPECT_TRUE(IsZero(range));
    memset(Bytes(range), 0x5a, range.bytes);
  }
  EXPECT_EQ(heap_.stats().sbrk_growths + heap_.stats().heap_map_growths, 6u);
}

TEST_F(RealOsTest, TheBreakIsUsedAndItsEndsAgree) {
  EXPECT_EQ(os_.Sbrk(0), os_.KernelBreak());
  const uintptr_t before = os_.Sbrk(0);
  const MemoryRange range = heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
  EXPECT_GE(range.start, before);
  EXPECT_EQ(range.end(), os_.Sbrk(0));
  EXPECT_EQ(os_.Sbrk(0), os_.KernelBreak());
}

TEST_F(RealOsTest, ForeignSbrkBetweenGrowthsKeepsBothMemories) {
  std::vector<MemoryRange> ours;
  std::vector<char*> theirs;
  for (int i = 0; i < 8; ++i) {
    ours.push_back(heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap));
    memset(Bytes(ours.back()), i + 1, ours.back().bytes);
    theirs.push_back(static_cast<char*>(sbrk(1000)));
    memset(theirs.back(), 100 + i, 1000);
  }
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(Bytes(ours[i])[0], i + 1);
    EXPECT_EQ(Bytes(ours[i])[ours[i].bytes - 1], i + 1);
    EXPECT_EQ(theirs[i][0], 100 + i);
    EXPECT_EQ(theirs[i][999], 100 + i);
  }
}

TEST_F(RealOsTest, ABlockedBreakFallsBackToMap) {
  EXPECT_TRUE(InChild([&] {
    const uintptr_t end = AlignUp(os_.Sbrk(0), kKernelPageBytes);
    void* block =
        mmap(reinterpret_cast<void*>(end), kKernelPageBytes, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (reinterpret_cast<uintptr_t>(block) != end) return false;
    const MemoryRange range =
        heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
    if (range.empty() || !IsZero(range)) return false;
    return heap_.stats().heap_map_growths == 1 &&
           heap_.stats().sbrk_failures == 1;
  }));
}

TEST_F(RealOsTest, RlimitDataFailsAndRecovers) {
  EXPECT_TRUE(InChild([&] {
    rlimit old;
    getrlimit(RLIMIT_DATA, &old);
    const rlimit none = {kKernelPageBytes, old.rlim_max};
    setrlimit(RLIMIT_DATA, &none);
    if (!heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap).empty()) {
      return false;
    }
    if (!heap_.Grow(kPageBytes, kPageBytes, GrowKind::kMapping).empty()) {
      return false;
    }
    setrlimit(RLIMIT_DATA, &old);
    return !heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap).empty();
  }));
}

TEST_F(RealOsTest, MappingsKeepTheirContentWhenResized) {
  MemoryRange range =
      heap_.Grow(size_t{1} << 20, size_t{1} << 22, GrowKind::kMapping);
  ASSERT_EQ(range.bytes, size_t{1} << 20);
  EXPECT_EQ(range.start % (size_t{1} << 22), 0u);
  EXPECT_TRUE(IsZero(range));
  memset(Bytes(range), 0x77, range.bytes);
  range = heap_.Resize(range, size_t{64} << 20);
  ASSERT_EQ(range.bytes, size_t{64} << 20);
  EXPECT_EQ(Bytes(range)[(1 << 20) - 1], 0x77);
  EXPECT_TRUE(IsZero({range.start + (1 << 20), size_t{1} << 20}));
  const MemoryRange tail{range.start + kPageBytes, range.bytes - kPageBytes};
  EXPECT_TRUE(heap_.Release(tail, ReleaseMode::kUnmap));
  EXPECT_EQ(Bytes(range)[kPageBytes - 1], 0x77);
  EXPECT_TRUE(heap_.Release({range.start, kPageBytes}, ReleaseMode::kUnmap));
  EXPECT_EQ(heap_.stats().mapping_bytes, 0u);
}

TEST_F(RealOsTest, WhatIsMovedIsStillBackedAndItsOldAddressFaults) {
  const MemoryRange old =
      heap_.Grow(size_t{8} << 20, kKernelPageBytes, GrowKind::kMapping);
  memset(Bytes(old), 0x77, old.bytes);
  const size_t bytes = old.bytes + kKernelPageBytes;
  const MemoryRange moved = heap_.Move(old, bytes);
  ASSERT_EQ(moved.bytes, bytes);
  EXPECT_EQ(Bytes(moved)[old.bytes - 1], 0x77);
  EXPECT_EQ(Bytes(moved)[old.bytes], 0);
  unsigned char residence;
  EXPECT_NE(mincore(Bytes(old), kKernelPageBytes, &residence), 0);
  EXPECT_EQ(errno, ENOMEM) << "something is at the old address";
  // Once more, as one range to the kernel; its neighbours are never replaced.
  EXPECT_EQ(os_.Move(moved.start, bytes, bytes, moved.start), 0u);
  EXPECT_EQ(Bytes(moved)[0], 0x77);
  const MemoryRange again = heap_.Move(moved, bytes);
  ASSERT_EQ(again.bytes, bytes);
  EXPECT_EQ(Bytes(again)[old.bytes - 1], 0x77);
  EXPECT_TRUE(heap_.Release(again, ReleaseMode::kUnmap));
  EXPECT_EQ(heap_.stats().mapping_bytes, 0u);
}

TEST_F(RealOsTest, DecommittedPagesReadAsZero) {
  const MemoryRange range =
      heap_.Grow(16 * kPageBytes, kPageBytes, GrowKind::kHeap);
  memset(Bytes(range), 0x77, range.bytes);
  EXPECT_TRUE(heap_.Release({range.start + kPageBytes, 3 * kPageBytes},
                            ReleaseMode::kDecommit));
  EXPECT_TRUE(IsZero({range.start + kPageBytes, 3 * kPageBytes}));
  EXPECT_EQ(Bytes(range)[kPageBytes - 1], 0x77);
  EXPECT_EQ(Bytes(range)[4 * kPageBytes], 0x77);
}

TEST_F(RealOsTest, TheChildOfAForkHasAHeapOfItsOwn) {
  const MemoryRange range = heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
  heap_.AcquireForFork();
  EXPECT_TRUE(InChild([&] {
    heap_.ReleaseAfterFork(/*in_child=*/true);
    const MemoryRange more =
        heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap);
    return !more.empty() && IsZero(more) && more.start >= range.end();
  }));
  heap_.ReleaseAfterFork(/*in_child=*/false);
  EXPECT_FALSE(heap_.Grow(kPageBytes, kPageBytes, GrowKind::kHeap).empty());
}

TEST_F(RealOsTest, ThreadsGrowDisjointRanges) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<MemoryRange> mine;
      for (int i = 0; i < 50; ++i) {
        const GrowKind kind = i % 2 == 0 ? GrowKind::kHeap : GrowKind::kMapping;
        mine.push_back(heap_.Grow(kPageBytes, kPageBytes, kind));
        ASSERT_FALSE(mine.back().empty());
        memset(Bytes(mine.back()), t + 1, kPageBytes);
      }
      for (const MemoryRange& range : mine) {
        EXPECT_EQ(Bytes(range)[0], t + 1);
        EXPECT_EQ(Bytes(range)[kPageBytes - 1], t + 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RealOsTest, ProtectedPagesFaultAndKeepTheirContent) {
  const MemoryRange mapping =
      heap_.Grow(3 * kKernelPageBytes, kKernelPageBytes, GrowKind::kMapping);
  memset(Bytes(mapping), 0x77, mapping.bytes);
  const MemoryRange middle{mapping.start + kKernelPageBytes, kKernelPageBytes};
  ASSERT_TRUE(heap_.Release(middle, ReleaseMode::kProtect));
  volatile unsigned char* inside = Bytes(middle);
  EXPECT_DEATH(*inside = 1, "");
  EXPECT_DEATH(static_cast<void>(*(inside + middle.bytes - 1)), "");
  *(inside - 1) = 1;
  *(inside + middle.bytes) = 1;
  ASSERT_TRUE(heap_.Release(middle, ReleaseMode::kUnprotect));
  EXPECT_EQ(*inside, 0x77);
  ASSERT_TRUE(heap_.Release(middle, ReleaseMode::kProtect));
  ASSERT_TRUE(heap_.Release(middle, ReleaseMode::kDecommit));
  ASSERT_TRUE(heap_.Release(middle, ReleaseMode::kUnprotect));
  EXPECT_TRUE(IsZero(middle));
  EXPECT_TRUE(heap_.Release(mapping, ReleaseMode::kUnmap));
}

TEST(ReadOnlyDeathTest, AClosedPageRefusesWrites) {
  void* page = mmap(nullptr, kKernelPageBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  auto* word = static_cast<volatile int*>(page);
  *word = 5;
  errno = E2BIG;
  EXPECT_FALSE(MakeReadOnly(static_cast<char*>(page) + 1, kKernelPageBytes));
  EXPECT_EQ(errno, E2BIG);
  EXPECT_TRUE(MakeReadOnly(page, kKernelPageBytes));
  EXPECT_EQ(*word, 5);
  EXPECT_DEATH(*word = 6, "");
}

}  // namespace
}  // namespace headroom
