#include "allocator/pages/kept_mappings.h"

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

MemoryRange Range(uintptr_t gib, size_t mib) { return {gib << 30, mib * kMiB}; }

TEST(KeptMappingsTest, TheSmallestThatSufficesOrElseTheLargest) {
  KeptMappings kept;
  EXPECT_TRUE(kept.Take(1).empty());
  for (size_t mib : {8, 32, 4, 16}) kept.Add(Range(mib, mib));
  EXPECT_EQ(kept.bytes(), 60 * kMiB);
  EXPECT_EQ(kept.Take(5 * kMiB), Range(8, 8));
  EXPECT_EQ(kept.Take(16 * kMiB), Range(16, 16));
  EXPECT_EQ(kept.Take(100 * kMiB), Range(32, 32));
  EXPECT_EQ(kept.Take(100 * kMiB), Range(4, 4));
  EXPECT_EQ(kept.bytes(), 0u);
}

TEST(KeptMappingsTest, TheYoungestOfEquals) {
  KeptMappings kept;
  for (uintptr_t gib : {1, 2, 3}) kept.Add(Range(gib, 4));
  EXPECT_EQ(kept.Take(kMiB), Range(3, 4));
  EXPECT_EQ(kept.Take(9 * kMiB), Range(2, 4));
}

TEST(KeptMappingsTest, TheOldestGoesPieceByPieceFromItsEnd) {
  KeptMappings kept;
  kept.Add(Range(1, 4));
  kept.Add(Range(2, 8));
  EXPECT_EQ(kept.TakeOldest(2 * kMiB - 1),
            (MemoryRange{Range(1, 2).end(), 2 * kMiB}));
  EXPECT_EQ(kept.bytes(), 10 * kMiB);
  EXPECT_EQ(kept.TakeOldest(kMiB + kKernelPageBytes), Range(1, 2))
      << "what is left would be too little";
  EXPECT_EQ(kept.TakeOldest(SIZE_MAX), Range(2, 8));
  EXPECT_TRUE(kept.TakeOldest(SIZE_MAX).empty());
}

TEST(KeptMappingsTest, HoldsSoManyAndSaysWhenItIsFull) {
  KeptMappings kept;
  for (uintptr_t i = 1; i <= KeptMappings::kMost; ++i) {
    EXPECT_FALSE(kept.is_full());
    kept.Add(Range(i, 2));
  }
  EXPECT_TRUE(kept.is_full());
  EXPECT_EQ(kept.TakeOldest(SIZE_MAX), Range(1, 2));
  EXPECT_FALSE(kept.is_full());
}

}  // namespace
}  // namespace headroom
