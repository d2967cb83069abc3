#include "allocator/thread/magazine.h"

#include <cstdint>
#include <vector>

#include "allocator/thread/thread_cache.h"
#include "gtest/gtest.h"
#include "tests/block/test_keys.h"

namespace headroom {
namespace {

class MagazineTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kPayload = PayloadOfClass(3);
  struct alignas(16) Cell {
    uint64_t words[4];
  };

  // Its header is the word in front, in the same cell.
  void* BlockAt(size_t i) { return &memory_[i].words[2]; }
  bool Push(void* block) {
    return cache_.TryPush(BlockSeal(keys_, block), block, kPayload,
                          keys_.free());
  }
  void Open(uint32_t capacity) {
    cells_.assign(capacity + 1, kNoBlock);
    magazine_.cells.Set(cells_.data());
    magazine_.top.Set(cells_.data());
    magazine_.limit = cells_.data() + capacity;
  }

  const SealKeys keys_ = TestKeys(2);
  std::vector<Cell> memory_ = std::vector<Cell>(64);
  std::vector<void*> cells_;
  ThreadCache cache_;
  Magazine& magazine_ = cache_.MagazineAt(kPayload);
};

TEST_F(MagazineTest, ClosedItIsEmptyAndFull) {
  EXPECT_TRUE(magazine_.is_closed());
  EXPECT_EQ(magazine_.capacity(), 0u);
  EXPECT_EQ(magazine_.blocks(), 0u);
  EXPECT_EQ(*magazine_.top.Get(), kNoBlock);
  HeaderOf(BlockAt(0)) = 77;
  EXPECT_FALSE(Push(BlockAt(0)));
  EXPECT_EQ(HeaderOf(BlockAt(0)), 77u);
}

TEST_F(MagazineTest, TakesBlocksUpToItsCapacityTheYoungestOnTop) {
  Open(10);
  EXPECT_FALSE(magazine_.is_closed());
  EXPECT_EQ(magazine_.capacity(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(magazine_.blocks(), i);
    ASSERT_TRUE(Push(BlockAt(i)));
    EXPECT_EQ(*magazine_.top.Get(), BlockAt(i));
    EXPECT_TRUE(BlockSeal(keys_, BlockAt(i))
                    .Is(keys_.free(), kPayload, HeaderOf(BlockAt(i))));
  }
  // A refused block stays what it was.
  HeaderOf(BlockAt(10)) = 77;
  EXPECT_FALSE(Push(BlockAt(10)));
  EXPECT_EQ(HeaderOf(BlockAt(10)), 77u);
  EXPECT_EQ(magazine_.blocks(), 10u);
  magazine_.Close();
  EXPECT_TRUE(magazine_.is_closed());
  EXPECT_EQ(magazine_.blocks(), 0u);
}

// So that the hit path needs no test for empty.
TEST_F(MagazineTest, NobodysBlockNeverOpens) {
  const BlockSeal seal(keys_, kNoBlock);
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const uint64_t payload = PayloadOfClass(static_cast<SizeClass>(i));
    EXPECT_FALSE(
        seal.Is(keys_.free(), payload, HeaderOf(const_cast<void*>(kNoBlock))));
  }
}

TEST_F(MagazineTest, NoWriteReachesTheCellsInABlock) {
  Open(4);
  memory_[0] = {{1, 2, 3, 4}};
  ASSERT_TRUE(Push(BlockAt(0)));
  // Its header alone.
  EXPECT_EQ(memory_[0].words[0], 1u);
  EXPECT_NE(memory_[0].words[1], 2u);
  EXPECT_EQ(memory_[0].words[2], 3u);
  EXPECT_EQ(memory_[0].words[3], 4u);
}

}  // namespace
}  // namespace headroom
