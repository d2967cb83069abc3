#include "allocator/central/block_stacks.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include "allocator/block/size_classes.h"
#include "allocator/system/metadata_arena.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {
namespace {

using Blocks = std::vector<void*>;

void* Block(uint64_t n) { return reinterpret_cast<void*>(n * kBlockAlignment); }

class BlockStacksTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kCapacity = 64;

  // Pushes blocks `first` to `last`; returns how many found room.
  uint32_t Push(uint32_t shard, uint64_t first, uint64_t last) {
    Blocks blocks;
    for (uint64_t n = first; n <= last; ++n) blocks.push_back(Block(n));
    return stacks_.Push(arena_, kCapacity, shard, blocks.data(),
                        static_cast<uint32_t>(blocks.size()));
  }
  Blocks Pop(uint32_t shard, uint32_t want) {
    Blocks blocks(want);
    blocks.resize(stacks_.Pop(shard, blocks.data(), want));
    return blocks;
  }
  Blocks Steal(uint32_t want) {
    Blocks blocks(want);
    blocks.resize(stacks_.Steal(blocks.data(), want));
    return blocks;
  }
  Blocks PopIdle(uint32_t want) {
    Blocks blocks(want);
    blocks.resize(stacks_.PopIdle(blocks.data(), want));
    return blocks;
  }

  FakeMemorySource source_{size_t{1} << 24};
  MetadataArena arena_{source_};
  BlockStacks stacks_;
};

TEST_F(BlockStacksTest, BlocksComeBackToTheirShardYoungestFirst) {
  EXPECT_EQ(Push(3, 1, 10), 10u);
  EXPECT_EQ(Push(3, 11, 12), 2u);
  EXPECT_TRUE(Pop(2, 5).empty());
  EXPECT_EQ(stacks_.blocks(), 12u);
  EXPECT_EQ(Pop(3, 3), (Blocks{Block(10), Block(11), Block(12)}));
  EXPECT_EQ(Pop(3, 100).size(), 9u);
  EXPECT_TRUE(Pop(3, 1).empty());
  EXPECT_EQ(stacks_.blocks(), 0u);
}

TEST_F(BlockStacksTest, StealTakesTheOldestOfTheDeepest) {
  EXPECT_TRUE(Steal(1).empty());
  Push(1, 1, 2);
  Push(5, 3, 5);
  EXPECT_EQ(Steal(1), Blocks{Block(3)});
  EXPECT_EQ(Steal(9), (Blocks{Block(1), Block(2)}));
  EXPECT_EQ(Steal(9), (Blocks{Block(4), Block(5)}));
  EXPECT_TRUE(Steal(1).empty());
}

TEST_F(BlockStacksTest, AFullStackTakesTheFirstOnly) {
  EXPECT_EQ(Push(0, 1, kCapacity - 1), kCapacity - 1);
  EXPECT_EQ(Push(0, 1000, 1010), 1u);
  EXPECT_EQ(Push(0, 2000, 2000), 0u);
  EXPECT_EQ(Pop(0, 1), Blocks{Block(1000)});
  EXPECT_EQ(Push(1, 1, 1), 1u);
}

TEST_F(BlockStacksTest, OutOfMemoryTheyStayEmptyAndFull) {
  source_.grow_works = false;
  EXPECT_EQ(Push(0, 1, 5), 0u);
  stacks_.BeginEpoch();
  EXPECT_TRUE(Pop(0, 1).empty());
  EXPECT_TRUE(Steal(1).empty());
  EXPECT_TRUE(PopIdle(1).empty());
  source_.grow_works = true;
  EXPECT_EQ(Push(0, 1, 5), 5u);
  EXPECT_EQ(Pop(0, 5).size(), 5u);
}

TEST_F(BlockStacksTest, CapacitiesArePowersOfTwoAndHoldTwoBatches) {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const uint32_t capacity = StackCapacity(static_cast<SizeClass>(i));
    EXPECT_TRUE(IsPowerOfTwo(capacity));
    EXPECT_GE(capacity, 2 * kSizeClasses[i].max_batch);
    EXPECT_LE(size_t{capacity} * kSizeClasses[i].stride, size_t{2} << 20);
  }
}

// What the stacks promise, as queues of numbered blocks.
struct Model {
  struct Entry {
    void* block;
    int epoch;
  };
  std::deque<Entry> stacks[kShardCount];
  int epoch = 0;

  size_t Deepest() const {
    size_t size = 0;
    for (const auto& stack : stacks) size = std::max(size, stack.size());
    return size;
  }
  uint64_t CountBlocks() const {
    uint64_t blocks = 0;
    for (const auto& stack : stacks) blocks += stack.size();
    return blocks;
  }
  // Lay untouched from before the epoch that has ended.
  bool IsIdle(const Entry& entry) const { return entry.epoch < epoch - 1; }
  uint64_t CountIdle() const {
    uint64_t idle = 0;
    for (const auto& stack : stacks) {
      for (const Entry& entry : stack) idle += IsIdle(entry);
    }
    return idle;
  }
  // Removes `blocks` from the bottom of a stack at least so deep.
  bool RemoveBottom(const Blocks& blocks, size_t depth) {
    for (auto& stack : stacks) {
      if (stack.empty() || stack[0].block != blocks[0]) continue;
      if (stack.size() < depth || stack.size() < blocks.size()) return false;
      for (void* block : blocks) {
        if (stack[0].block != block) return false;
        stack.pop_front();
      }
      return true;
    }
    return false;
  }
};

TEST_F(BlockStacksTest, BehavesAsTheModel) {
  Model model;
  std::mt19937 random(7);
  uint64_t number = 1;
  for (int i = 0; i < 200000; ++i) {
    const uint32_t shard = random() % kShardCount;
    auto& stack = model.stacks[shard];
    const uint32_t want = 1 + random() % 30;
    const uint32_t action = random() % 100;
    if (action < 45) {
      const uint32_t room = kCapacity - static_cast<uint32_t>(stack.size());
      const uint32_t pushed = Push(shard, number, number + want - 1);
      ASSERT_EQ(pushed, std::min(want, room));
      for (uint32_t k = 0; k < pushed; ++k) {
        stack.push_back({Block(number + k), model.epoch});
      }
      number += want;
    } else if (action < 80) {
      const Blocks blocks = Pop(shard, want);
      ASSERT_EQ(blocks.size(), std::min<size_t>(want, stack.size()));
      for (size_t k = blocks.size(); k-- > 0;) {
        ASSERT_EQ(blocks[k], stack.back().block);
        stack.pop_back();
      }
    } else if (action < 85) {
      const size_t deepest = model.Deepest();
      const Blocks blocks = Steal(want);
      ASSERT_EQ(blocks.size(), std::min<size_t>(want, deepest));
      if (deepest > 0) {
        ASSERT_TRUE(model.RemoveBottom(blocks, deepest));
      }
    } else if (action < 97) {
      const uint64_t idle = model.CountIdle();
      const Blocks blocks = PopIdle(want);
      ASSERT_EQ(blocks.empty(), idle == 0);
      if (idle > 0) {
        ASSERT_TRUE(model.RemoveBottom(blocks, 0));
      }
      // None but idle ones left.
      ASSERT_EQ(model.CountIdle(), idle - blocks.size());
    } else if (action < 99) {
      stacks_.BeginEpoch();
      ++model.epoch;
    }
    ASSERT_EQ(stacks_.blocks(), model.CountBlocks());
  }
}

}  // namespace
}  // namespace headroom
