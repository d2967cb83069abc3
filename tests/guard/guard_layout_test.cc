#include "allocator/guard/guard_layout.h"

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr uintptr_t kPool = 0x7f0000001000;

TEST(GuardLayoutTest, SlotsAndGuardsAlternateAndFillThePool) {
  uintptr_t expected = kPool;
  for (size_t i = 0; i < kGuardSlots; ++i) {
    const MemoryRange slot = GuardSlot(kPool, i);
    EXPECT_EQ(slot.start, expected + kGuardBytes);
    EXPECT_EQ(slot.bytes, kGuardSlotBytes);
    expected = slot.end();
  }
  EXPECT_EQ(expected + kGuardBytes, kPool + kGuardPoolBytes);
}

TEST(GuardLayoutTest, EveryAddressIsLocated) {
  for (size_t i = 0; i < kGuardSlots; ++i) {
    const MemoryRange slot = GuardSlot(kPool, i);
    for (uintptr_t inside : {slot.start, slot.end() - 1}) {
      EXPECT_EQ(LocateInPool(kPool, inside).slot, i);
      EXPECT_FALSE(LocateInPool(kPool, inside).in_guard);
    }
    const GuardPosition behind = LocateInPool(kPool, slot.end());
    EXPECT_EQ(behind.slot, i + 1);
    EXPECT_TRUE(behind.in_guard);
    EXPECT_TRUE(behind.at_guard_start);
    const GuardPosition before = LocateInPool(kPool, slot.start - 1);
    EXPECT_EQ(before.slot, i);
    EXPECT_TRUE(before.in_guard);
    EXPECT_FALSE(before.at_guard_start);
  }
}

TEST(GuardLayoutTest, PlacesAreExactAndOpenNoMoreThanTheyNeed) {
  const MemoryRange slot = GuardSlot(kPool, 3);
  for (bool at_end : {false, true}) {
    for (size_t alignment = 16; alignment <= kKernelPageBytes; alignment *= 2) {
      for (size_t bytes = 0; bytes <= kMaxGuardedBytes; bytes += 13) {
        const GuardedPlace place = PlaceInSlot(slot, bytes, alignment, at_end);
        if (place.block == 0) {
          // No room for the header in front, at this alignment.
          ASSERT_LT(kGuardSlotBytes, bytes + 2 * alignment);
          continue;
        }
        ASSERT_EQ(place.block % alignment, 0u);
        ASSERT_GE(place.open.start, slot.start);
        ASSERT_LE(place.open.end(), slot.end());
        ASSERT_LE(place.open.start, place.block - kHeaderBytes);
        ASSERT_LT(place.block - kHeaderBytes - place.open.start,
                  kKernelPageBytes);
        ASSERT_GE(place.open.end(), place.block + bytes);
        ASSERT_LT(place.open.end() - place.block - bytes, kKernelPageBytes);
        if (at_end) {
          ASSERT_LT(slot.end() - place.block - bytes, alignment);
        } else {
          ASSERT_LE(place.block - slot.start, alignment);
        }
      }
    }
  }
}

TEST(GuardLayoutTest, TheLargestBlockFitsAtBothEnds) {
  const MemoryRange slot = GuardSlot(kPool, 0);
  for (bool at_end : {false, true}) {
    EXPECT_NE(PlaceInSlot(slot, kMaxGuardedBytes, 16, at_end).block, 0u);
    EXPECT_EQ(PlaceInSlot(slot, kMaxGuardedBytes + 1, 16, at_end).block, 0u);
  }
}

TEST(GuardLayoutTest, ABlockOfNoBytesIsTheGuardPageItself) {
  const MemoryRange slot = GuardSlot(kPool, 0);
  const GuardedPlace place = PlaceInSlot(slot, 0, 16, true);
  EXPECT_EQ(place.block, slot.end());
  EXPECT_EQ(place.open.bytes, kKernelPageBytes) << "for the header";
}

}  // namespace
}  // namespace headroom
