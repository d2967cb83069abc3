// Which blocks survive, and in which order the others are freed.
#include "bench/workloads/survivors.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

// Stands for Blocks: a block is known by the size that was asked for.
struct RecordedBlocks {
  char* New(size_t bytes) { return &memory[bytes]; }
  void Delete(const char* block) {
    freed.push_back(static_cast<size_t>(block - memory.data()));
  }

  std::array<char, 100> memory;
  std::vector<size_t> freed;
};

class SurvivorsTest : public testing::Test {
 protected:
  using Freed = std::vector<size_t>;

  // Numbers the blocks from 0.
  auto Next() {
    return [this] { return number_++; };
  }
  Freed TakeFreed() { return std::exchange(blocks_.freed, {}); }

  RecordedBlocks blocks_;

 private:
  size_t number_ = 0;
};

TEST_F(SurvivorsTest, AFifthSurvivesAndMovesOn) {
  {
    // The first round has places 0 to 9 hold blocks 0 to 9.
    Survivors<RecordedBlocks, 10> table(blocks_, Next());
    EXPECT_EQ(TakeFreed(), (Freed{9, 8, 7, 6, 5, 4, 3, 2}));

    // Blocks 0 and 1 stay below; 10 to 17 are in the places above.
    table.Round(Next());
    EXPECT_EQ(TakeFreed(), (Freed{0, 1, 17, 16, 15, 14, 13, 12}));

    // 10 and 11 are in places 2 and 3, with 18 and 19 below, 20 to 25 above.
    table.Round(Next());
    EXPECT_EQ(TakeFreed(), (Freed{18, 19, 10, 11, 25, 24, 23, 22}));
  }
  EXPECT_EQ(TakeFreed(), (Freed{20, 21}));
}

TEST_F(SurvivorsTest, AfterTheLastFifthComesTheFirst) {
  {
    Survivors<RecordedBlocks, 5> table(blocks_, Next());
    for (int i = 0; i < 4; ++i) table.Round(Next());
    TakeFreed();

    // Block 20 survived in the last place; 21 to 24 are in those before it.
    table.Round(Next());
    EXPECT_EQ(TakeFreed(), (Freed{20, 24, 23, 22}));
  }
  EXPECT_EQ(TakeFreed(), (Freed{21}));
}

TEST_F(SurvivorsTest, ARoundFreesWhatItAllocates) {
  Survivors<RecordedBlocks, 10> table(blocks_, Next());
  for (int i = 0; i < 7; ++i) {
    TakeFreed();
    table.Round(Next());
    EXPECT_EQ(static_cast<int64_t>(TakeFreed().size()), table.kPerRound);
  }
}

}  // namespace
}  // namespace headroom
