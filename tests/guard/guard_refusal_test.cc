// A kernel that refuses: the pool goes without, and is whole again after.
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "allocator/guard/guard_pool.h"
#include "gtest/gtest.h"
#include "tests/block/closed_memory.h"
#include "tests/guard/guard_fixture.h"

namespace headroom {
namespace {

using FreeResult = GuardPool::FreeResult;

class GuardRefusalTest : public GuardTest {
 protected:
  // How many blocks the pool gives at a time.
  size_t Capacity() {
    std::vector<unsigned char*> blocks;
    while (unsigned char* block = Allocate(100)) blocks.push_back(block);
    for (unsigned char* block : blocks) {
      EXPECT_EQ(Free(block), FreeResult::kFreed);
    }
    return blocks.size();
  }
};

TEST_F(GuardRefusalTest, WithoutAMappingThereIsNoPool) {
  source_.grow_works = false;
  errno = E2BIG;
  EXPECT_EQ(Allocate(100), nullptr);
  EXPECT_EQ(errno, E2BIG);
  EXPECT_EQ(pool_.stats().refusals, 1u);
  EXPECT_EQ(pool_.stats().allocations, 0u);
  source_.grow_works = true;
  EXPECT_EQ(Capacity(), kGuardSlots);
}

TEST_F(GuardRefusalTest, WithoutMetadataTheMappingGoesBack) {
  arena_source_.grow_works = false;
  EXPECT_EQ(Allocate(100), nullptr);
  EXPECT_EQ(source_.mapped_bytes, 0u);
  arena_source_.grow_works = true;
  EXPECT_EQ(Capacity(), kGuardSlots);
}

TEST_F(GuardRefusalTest, WithoutProtectionTheMappingGoesBack) {
  source_.fail_access_change = 1;
  EXPECT_EQ(Allocate(100), nullptr);
  EXPECT_EQ(source_.mapped_bytes, 0u);
  EXPECT_EQ(Capacity(), kGuardSlots);
}

TEST_F(GuardRefusalTest, ASlotThatDoesNotOpenStaysFree) {
  ASSERT_NE(Allocate(100), nullptr);
  for (int i = 0; i < 300; ++i) {
    source_.fail_access_change = 1;
    EXPECT_EQ(Allocate(100), nullptr);
  }
  EXPECT_EQ(Capacity(), kGuardSlots - 1);
}

TEST_F(GuardRefusalTest, ASlotThatDoesNotCloseIsUsedNoMore) {
  unsigned char* block = Allocate(100);
  source_.fail_access_change = 1;
  EXPECT_EQ(Free(block), FreeResult::kFreed);
  EXPECT_EQ(pool_.stats().retired, 1u);
  EXPECT_EQ(Free(block), FreeResult::kDoubleFree);
  EXPECT_EQ(Capacity(), kGuardSlots - 1);
}

TEST_F(GuardRefusalTest, MemoryThatDoesNotGoBackIsZeroedByHand) {
  ASSERT_NE(Allocate(1), nullptr);
  source_.refuse_decommit = true;
  for (size_t i = 0; i < 3 * kGuardSlots; ++i) {
    unsigned char* block = Allocate(3000);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(ReadClosed(block, 3000), std::vector<char>(3000));
    FillClosed(block - kHeaderBytes, 0x77, kHeaderBytes);
    memset(block, 0x77, 3000);
    EXPECT_EQ(Free(block), FreeResult::kFreed);
    EXPECT_FALSE(IsOpen(block));
  }
  EXPECT_EQ(pool_.stats().retired, 0u);
}

}  // namespace
}  // namespace headroom
