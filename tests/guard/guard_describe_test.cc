#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "allocator/guard/guard_pool.h"
#include "gtest/gtest.h"
#include "tests/guard/guard_fixture.h"

namespace headroom {
namespace {

using Place = GuardPool::Place;

class GuardDescribeTest : public GuardTest {
 protected:
  // What is said about the address; start 0: nothing.
  GuardPool::Description At(const void* address) {
    GuardPool::Description description;
    if (!pool_.Describe(address, &description)) return {};
    return description;
  }
  static uintptr_t Address(const void* p) {
    return reinterpret_cast<uintptr_t>(p);
  }
};

TEST_F(GuardDescribeTest, ALiveBlockAndItsSurroundings) {
  for (bool end : {true, false}) {
    unsigned char* block = AllocateAt(end, 320);
    const struct {
      ptrdiff_t offset;
      Place place;
    } cases[] = {
        {0, Place::kInside},      {319, Place::kInside},
        {320, Place::kBehind},    {320 + 2000, Place::kBehind},
        {-1, Place::kInFront},    {-20, Place::kInFront},
        {-1500, Place::kInFront},
    };
    for (const auto& [offset, place] : cases) {
      const GuardPool::Description description = At(block + offset);
      EXPECT_EQ(description.start, Address(block)) << offset;
      EXPECT_EQ(description.place, place) << offset;
      EXPECT_EQ(description.bytes, 320u);
      EXPECT_TRUE(description.live);
      EXPECT_EQ(description.freeing_thread, 0u);
      EXPECT_EQ(description.freed_at.count, 0u);
    }
    Free(block);
  }
}

TEST_F(GuardDescribeTest, WhoAllocatedAndWhoFreed) {
  unsigned char* block = Allocate(50, 16, 0x1234);
  uint32_t other = 0;
  std::thread([&] {
    other = static_cast<uint32_t>(gettid());
    Free(block, 0x5678);
  }).join();
  const GuardPool::Description description = At(block + 7);
  EXPECT_EQ(description.start, Address(block));
  EXPECT_EQ(description.bytes, 50u);
  EXPECT_EQ(description.place, Place::kInside);
  EXPECT_FALSE(description.live);
  EXPECT_EQ(description.allocating_thread, static_cast<uint32_t>(gettid()));
  EXPECT_EQ(description.freeing_thread, other);
  ASSERT_EQ(description.allocated_at.count, 1u);
  EXPECT_EQ(description.allocated_at.frames[0], 0x1234u);
  ASSERT_EQ(description.freed_at.count, 1u);
  EXPECT_EQ(description.freed_at.frames[0], 0x5678u);
}

TEST_F(GuardDescribeTest, ALiveNeighbourIsMoreLikelyThanAFreedOne) {
  // All slots are taken: each guard page has two neighbours.
  unsigned char* blocks[kGuardSlots];
  for (unsigned char*& block : blocks) block = Allocate(kMaxGuardedBytes);
  unsigned char* low = blocks[0];
  for (unsigned char* block : blocks) {
    if (block < low) low = block;
  }
  unsigned char* guard = low + kMaxGuardedBytes;
  unsigned char* high = low + kGuardStride;
  EXPECT_EQ(At(guard).start, Address(low));
  EXPECT_EQ(At(guard + kGuardBytes - 1).start, Address(high));
  EXPECT_EQ(At(guard + kGuardBytes - 1).place, Place::kInFront);
  Free(low);
  EXPECT_EQ(At(guard).start, Address(high));
  Free(high);
  EXPECT_EQ(At(guard).start, Address(low));
  EXPECT_FALSE(At(guard).live);
}

TEST_F(GuardDescribeTest, AFreedBlockOfSize0BesideALiveOneIsItself) {
  unsigned char* blocks[kGuardSlots];
  for (unsigned char*& block : blocks) block = Allocate(0);
  unsigned char* const low = *std::ranges::min_element(blocks);
  Free(low);
  EXPECT_EQ(At(low).start, Address(low));
  EXPECT_FALSE(At(low).live);
  EXPECT_EQ(At(low + 1).start, Address(low + kGuardStride));
}

TEST_F(GuardDescribeTest, TheEndsOfThePoolHaveOneNeighbour) {
  unsigned char* low = nullptr;
  unsigned char* high = nullptr;
  for (size_t i = 0; i < kGuardSlots; ++i) {
    unsigned char* block = Allocate(kMaxGuardedBytes);
    if (low == nullptr || block < low) low = block;
    if (high == nullptr || block > high) high = block;
  }
  unsigned char* first = low - 16 - kGuardBytes;
  unsigned char* last = high + kMaxGuardedBytes + kGuardBytes - 1;
  EXPECT_EQ(At(first).start, Address(low));
  EXPECT_EQ(At(last).start, Address(high));
  EXPECT_FALSE(pool_.Contains(first - 1));
  EXPECT_FALSE(pool_.Contains(last + 1));
  EXPECT_EQ(At(first - 1).start, 0u);
  EXPECT_EQ(At(last + 1).start, 0u);
}

TEST_F(GuardDescribeTest, NothingIsSaidOfSlotsThatWereNeverUsed) {
  int local = 0;
  EXPECT_EQ(At(&local).start, 0u);
  EXPECT_EQ(At(nullptr).start, 0u);
  unsigned char* block = Allocate(10);
  int known = 0;
  for (size_t i = 1; i < kGuardSlots; ++i) {
    for (unsigned char* slot :
         {block + i * kGuardStride, block - i * kGuardStride}) {
      if (pool_.Contains(slot)) known += At(slot).start != 0;
    }
  }
  EXPECT_EQ(known, 0);
}

}  // namespace
}  // namespace headroom
