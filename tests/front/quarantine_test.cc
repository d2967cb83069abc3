#include "allocator/front/quarantine.h"

#include <vector>

#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {
namespace {

class QuarantineTest : public ::testing::Test {
 protected:
  using Block = Quarantine::Block;

  static void* Pointer(uintptr_t number) {
    return reinterpret_cast<void*>(number * kBlockAlignment);
  }
  // Puts block `number` in; returns the numbers of those that come out.
  std::vector<uintptr_t> Put(uintptr_t number, size_t limit,
                             SizeClass size_class = 0) {
    Block out[Quarantine::kMostOut];
    return Numbers(
        out, quarantine_.Exchange({Pointer(number), size_class}, limit, out));
  }
  std::vector<uintptr_t> Shrink(size_t limit) {
    Block out[Quarantine::kMostOut];
    return Numbers(out, quarantine_.Shrink(limit, out));
  }
  static std::vector<uintptr_t> Numbers(const Block* out, uint32_t count) {
    EXPECT_LE(count, Quarantine::kMostOut);
    std::vector<uintptr_t> numbers;
    for (uint32_t i = 0; i < count; ++i) {
      numbers.push_back(reinterpret_cast<uintptr_t>(out[i].block) /
                        kBlockAlignment);
    }
    return numbers;
  }
  using Some = std::vector<uintptr_t>;

  FakeMemorySource source_{size_t{1} << 30};
  MetadataArena arena_{source_};
  Quarantine quarantine_{arena_};
};

TEST_F(QuarantineTest, TheOldestLeaveFirst) {
  const size_t limit = 10 * StrideOf(0);
  for (uintptr_t i = 1; i <= 10; ++i) EXPECT_EQ(Put(i, limit), Some());
  for (uintptr_t i = 11; i <= 100; ++i) EXPECT_EQ(Put(i, limit), Some{i - 10});
  EXPECT_EQ(Shrink(limit), Some());
  EXPECT_EQ(Shrink(limit - 1), Some{91});
  EXPECT_EQ(Shrink(0), (Some{92, 93, 94, 95, 96, 97, 98, 99, 100}));
  EXPECT_EQ(Shrink(0), Some());
}

TEST_F(QuarantineTest, ALargeBlockPushesAsMuchOut) {
  const auto largest = static_cast<SizeClass>(kSizeClassCount - 1);
  const size_t limit = StrideOf(largest) + 10 * StrideOf(0);
  for (uintptr_t i = 1; i <= 1000; ++i) ASSERT_EQ(Put(i, limit), Some());
  size_t left = Put(2000, limit, largest).size();
  EXPECT_EQ(left, Quarantine::kMostOut);
  for (size_t more = left; more == Quarantine::kMostOut; left += more) {
    more = Shrink(limit).size();
  }
  EXPECT_EQ(left, 990u);
}

TEST_F(QuarantineTest, ABlockBeyondTheLimitStaysAlone) {
  EXPECT_EQ(Put(1, 1), Some());
  EXPECT_EQ(Put(2, 1), Some{1});
}

TEST_F(QuarantineTest, SoManyBlocksAreTheMost) {
  for (uintptr_t i = 1; i <= Quarantine::kMostBlocks; ++i) {
    ASSERT_EQ(Put(i, SIZE_MAX / 2), Some());
  }
  for (uintptr_t i = 1; i <= Quarantine::kMostBlocks; ++i) {
    ASSERT_EQ(Put(100000 + i, SIZE_MAX / 2), Some{i});
  }
}

TEST_F(QuarantineTest, WithoutMemoryBlocksComeBackAtOnce) {
  source_.grow_works = false;
  EXPECT_EQ(Put(1, 1000), Some{1});
  source_.grow_works = true;
  EXPECT_EQ(Put(2, 1000), Some());
}

}  // namespace
}  // namespace headroom
