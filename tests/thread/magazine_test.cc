#include "allocator/thread/magazine.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

class MagazineTest : public ::testing::Test {
 protected:
  struct alignas(16) Cell {
    uint64_t words[4];
  };

  // Its header is the word in front, in the same cell.
  void* BlockAt(size_t i) { return &memory_[i].words[2]; }
  bool Push(void* block) {
    return magazine_.TryPush(BlockSeal(keys_, block), block);
  }

  const SealKeys keys_ = MakeSealKeys({111111, 222222, 333333});
  std::vector<Cell> memory_ = std::vector<Cell>(64);
  Magazine magazine_;
};

TEST_F(MagazineTest, WithoutCapacityItIsEmptyAndFull) {
  EXPECT_EQ(magazine_.TryPop(keys_, 32), nullptr);
  EXPECT_FALSE(Push(BlockAt(0)));
  EXPECT_EQ(magazine_.blocks(), 0u);
}

TEST_F(MagazineTest, PopsTheYoungestAndMakesItLive) {
  magazine_.capacity = 10;
  for (size_t i = 0; i < 10; ++i) ASSERT_TRUE(Push(BlockAt(i)));
  EXPECT_FALSE(Push(BlockAt(10)));
  EXPECT_EQ(magazine_.blocks(), 10u);
  for (size_t i = 10; i-- > 0;) {
    void* block = magazine_.TryPop(keys_, 96);
    ASSERT_EQ(block, BlockAt(i));
    const BlockSeal::Live live =
        BlockSeal(keys_, block).OpenLive(HeaderOf(block));
    EXPECT_TRUE(live.ok);
    EXPECT_EQ(live.payload, 96u);
  }
  EXPECT_EQ(magazine_.TryPop(keys_, 96), nullptr);
  EXPECT_EQ(magazine_.blocks(), 0u);
}

TEST_F(MagazineTest, ASmashedWordIsNeverPopped) {
  magazine_.capacity = 10;
  Push(BlockAt(0));
  Push(BlockAt(1));
  const uint64_t genuine = HeaderOf(BlockAt(1));
  const uint64_t forgeries[] = {0, ~uint64_t{0}, genuine ^ 1,
                                genuine ^ (uint64_t{1} << 40),
                                HeaderOf(BlockAt(0))};
  for (const uint64_t word : forgeries) {
    HeaderOf(BlockAt(1)) = word;
    EXPECT_EQ(magazine_.TryPop(keys_, 32), nullptr);
    EXPECT_EQ(magazine_.blocks(), 2u);
    EXPECT_EQ(HeaderOf(BlockAt(1)), word);
  }
  HeaderOf(BlockAt(1)) = genuine;
  EXPECT_EQ(magazine_.TryPop(keys_, 32), BlockAt(1));
}

TEST_F(MagazineTest, ChainsTravelWhole) {
  magazine_.capacity = 10;
  for (size_t i = 0; i < 4; ++i) Push(BlockAt(i));
  const Batch batch = magazine_.TakeActive();
  EXPECT_EQ(batch.head, BlockAt(3));
  EXPECT_EQ(batch.count, 4u);
  EXPECT_EQ(magazine_.active, kListEnd);
  magazine_.SetSpare(batch);
  Push(BlockAt(9));
  EXPECT_EQ(magazine_.blocks(), 5u);
  EXPECT_EQ(magazine_.TakeSpare().count, 4u);
  EXPECT_EQ(magazine_.blocks(), 1u);
  EXPECT_EQ(magazine_.TakeSpare().count, 0u);
}

}  // namespace
}  // namespace headroom
