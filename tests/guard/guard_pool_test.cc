#include "allocator/guard/guard_pool.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "allocator/base/units.h"
#include "gtest/gtest.h"
#include "tests/block/closed_memory.h"
#include "tests/guard/guard_fixture.h"

namespace headroom {
namespace {

using FreeResult = GuardPool::FreeResult;

TEST_F(GuardTest, NothingIsTouchedBeforeTheFirstSample) {
  EXPECT_TRUE(pool_.MayFit(100, 16));
  int local;
  for (const void* p :
       {static_cast<const void*>(nullptr), static_cast<const void*>(&local),
        reinterpret_cast<const void*>(uintptr_t{4096})}) {
    EXPECT_FALSE(pool_.Contains(p));
  }
  EXPECT_EQ(source_.grow_calls + arena_source_.grow_calls, 0);
  ASSERT_NE(Allocate(100), nullptr);
  EXPECT_EQ(source_.grow_calls, 1);
  EXPECT_EQ(source_.mapped_bytes, kGuardPoolBytes);
  EXPECT_EQ(source_.protected_bytes(), kGuardPoolBytes - kKernelPageBytes);
}

TEST_F(GuardTest, EverySizeIsUsableAndZeroedAndEndsAtAGuard) {
  for (size_t bytes = 1; bytes <= kMaxGuardedBytes; bytes += 97) {
    for (size_t alignment : {16, 64, 4096}) {
      errno = E2BIG;
      unsigned char* block = Allocate(bytes, alignment);
      if (block == nullptr) {
        EXPECT_GT(bytes + 2 * alignment, kGuardSlotBytes);
        continue;
      }
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
      EXPECT_TRUE(pool_.Contains(block));
      EXPECT_TRUE(pool_.IsLive(block));
      EXPECT_EQ(pool_.BytesOf(block), bytes);
      EXPECT_EQ(ReadClosed(block, bytes), std::vector<char>(bytes));
      FillClosed(block - kHeaderBytes, 0xff, kHeaderBytes);
      memset(block, 0xff, bytes);
      const uintptr_t end = reinterpret_cast<uintptr_t>(block) + bytes;
      EXPECT_FALSE(
          IsOpen(reinterpret_cast<void*>(AlignUp(end, kKernelPageBytes))));
      EXPECT_FALSE(IsOpen(block - kHeaderBytes - kKernelPageBytes));
      EXPECT_EQ(Free(block), FreeResult::kFreed);
      EXPECT_EQ(errno, E2BIG);
      EXPECT_FALSE(IsOpen(block));
      EXPECT_EQ(pool_.BytesOf(block), 0u);
      EXPECT_FALSE(pool_.IsLive(block));
      EXPECT_TRUE(pool_.Contains(block));
    }
  }
  EXPECT_EQ(source_.protected_bytes(), kGuardPoolBytes);
}

TEST_F(GuardTest, MostLieAtTheEndAndSomeAtTheFront) {
  int at_end = 0;
  for (int i = 0; i < 1000; ++i) {
    unsigned char* block = Allocate(32);
    const bool end = !IsOpen(block + 32);
    EXPECT_NE(end, !IsOpen(block - 17));
    at_end += end;
    Free(block);
  }
  EXPECT_GT(at_end, 600);
  EXPECT_LT(at_end, 900);
}

TEST_F(GuardTest, ABlockOfNoBytesHasAHeaderAndNothingElse) {
  for (int i = 0; i < 50; ++i) {
    unsigned char* block = Allocate(0);
    ASSERT_NE(block, nullptr);
    ClosedByte(block - 1) = 1;
    EXPECT_FALSE(IsOpen(block));
    EXPECT_TRUE(pool_.IsLive(block));
    EXPECT_TRUE(pool_.Contains(block));
    EXPECT_EQ(Free(block), FreeResult::kFreed);
    EXPECT_EQ(Free(block), FreeResult::kDoubleFree);
  }
}

TEST_F(GuardTest, WhatIsTooLargeIsRefused) {
  EXPECT_FALSE(pool_.MayFit(kMaxGuardedBytes + 1, 16));
  EXPECT_FALSE(pool_.MayFit(16, 2 * kKernelPageBytes));
  EXPECT_EQ(Allocate(kMaxGuardedBytes + 1), nullptr);
  EXPECT_EQ(Allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(Allocate(16, 2 * kKernelPageBytes), nullptr);
  EXPECT_EQ(Allocate(kMaxGuardedBytes, kKernelPageBytes), nullptr);
  for (size_t i = 0; i < kGuardSlots; ++i) ASSERT_NE(Allocate(1), nullptr);
}

TEST_F(GuardTest, AFreedSlotIsUsedAgainAsLateAsCanBe) {
  unsigned char* first = Allocate(64);
  Free(first);
  for (size_t i = 1; i < kGuardSlots; ++i) {
    unsigned char* other = Allocate(64);
    EXPECT_GT(other > first ? other - first : first - other, 4096);
    Free(other);
  }
  EXPECT_FALSE(IsOpen(first));
  unsigned char* last = Allocate(64);
  // At one of the two ends of the same slot.
  EXPECT_LT(last > first ? last - first : first - last,
            static_cast<ptrdiff_t>(kGuardSlotBytes));
}

TEST_F(GuardTest, AFullPoolSaysSo) {
  std::vector<unsigned char*> blocks;
  std::set<uintptr_t> slots;
  for (size_t i = 0; i < kGuardSlots; ++i) {
    EXPECT_TRUE(pool_.MayFit(10, 16));
    blocks.push_back(Allocate(10));
    ASSERT_NE(blocks.back(), nullptr);
    slots.insert(reinterpret_cast<uintptr_t>(blocks.back()) / kGuardStride);
  }
  EXPECT_FALSE(pool_.MayFit(10, 16));
  EXPECT_EQ(Allocate(10), nullptr);
  EXPECT_EQ(pool_.stats().live, kGuardSlots);
  EXPECT_EQ(pool_.stats().live_bytes, 10 * kGuardSlots);
  EXPECT_EQ(pool_.stats().open_bytes, kKernelPageBytes * kGuardSlots);
  EXPECT_EQ(Free(blocks[5]), FreeResult::kFreed);
  EXPECT_NE(Allocate(10), nullptr);
  EXPECT_EQ(Allocate(10), nullptr);
}

TEST_F(GuardTest, NoMemoryIsKeptOfFreedBlocks) {
  unsigned char* block = Allocate(kMaxGuardedBytes);
  Free(block);
  EXPECT_EQ(source_.decommitted_bytes, kGuardSlotBytes);
  EXPECT_EQ(pool_.stats().open_bytes, 0u);
  EXPECT_EQ(pool_.stats().live, 0u);
}

TEST_F(GuardTest, BytesBehindTheBlockAreChecked) {
  for (bool end : {true, false}) {
    unsigned char* block = AllocateAt(end, 100);
    block[99] = 1;
    EXPECT_EQ(Free(block), FreeResult::kFreed);
    // The block's end is 12 bytes before the page's, or far from it.
    for (size_t overrun : {size_t{0}, size_t{11}, end ? 5 : size_t{3000}}) {
      block = AllocateAt(end, 100);
      ClosedByte(block + 100 + overrun) = 0;
      EXPECT_EQ(Free(block), FreeResult::kTailOverrun) << overrun;
      EXPECT_FALSE(IsOpen(block));
      EXPECT_EQ(Free(block), FreeResult::kDoubleFree);
    }
  }
}

TEST_F(GuardTest, OnlyItsBlocksAreFreed) {
  unsigned char* block = Allocate(500);
  for (ptrdiff_t offset : {-4096, -16, -8, 1, 16, 499, 500, 4096, 8192}) {
    EXPECT_EQ(Free(block + offset), FreeResult::kNotABlock) << offset;
    EXPECT_EQ(pool_.BytesOf(block + offset), 0u);
  }
  int local;
  EXPECT_EQ(Free(&local), FreeResult::kNotABlock);
  EXPECT_EQ(Free(nullptr), FreeResult::kNotABlock);
  EXPECT_EQ(Free(block), FreeResult::kFreed);
  EXPECT_EQ(Free(block), FreeResult::kDoubleFree);
  GuardPool unused(source_, arena_);
  EXPECT_EQ(unused.Free(block, StackOf(1)), FreeResult::kNotABlock);
  EXPECT_EQ(unused.BytesOf(block), 0u);
}

TEST_F(GuardTest, ForkHandlersHoldAndFreeTheLock) {
  unsigned char* block = Allocate(10);
  GuardPool::Description description;
  for (bool in_child : {false, true}) {
    pool_.AcquireForFork();
    EXPECT_FALSE(pool_.Describe(block, &description));
    pool_.ReleaseAfterFork(in_child);
    EXPECT_TRUE(pool_.Describe(block, &description));
  }
}

}  // namespace
}  // namespace headroom
