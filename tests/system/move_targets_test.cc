#include "allocator/system/move_targets.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocator/base/units.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr uintptr_t kNear = (uintptr_t{1} << 46) + 4096;

TEST(MoveTargetsTest, AreFarBelowAndOnHugePagesBounds) {
  MoveTargets targets;
  const uintptr_t first = targets.Next(kNear, (size_t{5} << 20) + 4096);
  EXPECT_LT(first, kNear - kMoveDistance);
  EXPECT_GT(first, kNear - kMoveDistance - kMoveWindow);
  EXPECT_EQ(first % kHugePageBytes, 0u);
}

TEST(MoveTargetsTest, NoAddressComesAgainBeforeTheWindowIsThrough) {
  MoveTargets targets;
  const size_t bytes = kMostMovedBytes - kHugePageBytes;
  std::vector<MemoryRange> seen;
  for (int i = 0; i < 100; ++i) {
    const MemoryRange range{targets.Next(kNear, bytes), bytes};
    for (size_t j = seen.size() - (seen.size() < 15 ? seen.size() : 15);
         j < seen.size(); ++j) {
      EXPECT_TRUE(range.end() <= seen[j].start || seen[j].end() <= range.start);
    }
    EXPECT_GE(range.start,
              AlignDown(kNear - kMoveDistance, kHugePageBytes) - kMoveWindow);
    seen.push_back(range);
  }
}

TEST(MoveTargetsTest, ThereAreNoneForTooMuchOrTooLow) {
  EXPECT_EQ(MoveTargets().Next(kNear, kMostMovedBytes + 1), 0u);
  EXPECT_EQ(MoveTargets().Next(kMoveDistance, 4096), 0u);
}

}  // namespace
}  // namespace headroom
