#include "allocator/central/batch_stacks.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <random>

#include "allocator/block/size_classes.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

Batch MakeBatch(uint64_t n, uint32_t count) {
  return {reinterpret_cast<void*>(n * kBlockAlignment), count};
}

class StoredStacks : public BatchStacks {
 public:
  StoredStacks() { UseStorage(storage_); }

 private:
  Storage storage_ = {};
};

TEST(BatchStacksTest, ABatchComesBackToItsShardYoungestFirst) {
  const auto stacks = std::make_unique<StoredStacks>();
  EXPECT_TRUE(stacks->Push(3, MakeBatch(1, 10), 8));
  EXPECT_TRUE(stacks->Push(3, MakeBatch(2, 20), 8));
  EXPECT_EQ(stacks->Pop(2).count, 0u);
  EXPECT_EQ(stacks->blocks(), 30u);
  EXPECT_EQ(stacks->Pop(3).head, MakeBatch(2, 0).head);
  EXPECT_EQ(stacks->Pop(3).count, 10u);
  EXPECT_EQ(stacks->Pop(3).head, kListEnd);
  EXPECT_EQ(stacks->blocks(), 0u);
}

TEST(BatchStacksTest, StealTakesTheOldestOfTheDeepest) {
  const auto stacks = std::make_unique<StoredStacks>();
  EXPECT_EQ(stacks->Steal().count, 0u);
  stacks->Push(1, MakeBatch(1, 1), 8);
  stacks->Push(5, MakeBatch(2, 1), 8);
  stacks->Push(5, MakeBatch(3, 1), 8);
  EXPECT_EQ(stacks->Steal().head, MakeBatch(2, 0).head);
  EXPECT_EQ(stacks->Steal().count, 1u);
  EXPECT_EQ(stacks->Steal().count, 1u);
  EXPECT_EQ(stacks->Steal().count, 0u);
}

TEST(BatchStacksTest, TheLargestAddressAndCountSurvivePacking) {
  const auto stacks = std::make_unique<StoredStacks>();
  void* highest =
      reinterpret_cast<void*>((uintptr_t{1} << kAddressBits) - kBlockAlignment);
  stacks->Push(0, {highest, kMaxBatchBlocks}, 1);
  const Batch batch = stacks->Pop(0);
  EXPECT_EQ(batch.head, highest);
  EXPECT_EQ(batch.count, kMaxBatchBlocks);
}

TEST(BatchStacksTest, WithoutStorageTheyAreEmptyAndFull) {
  BatchStacks stacks;
  EXPECT_FALSE(stacks.has_storage());
  stacks.BeginEpoch();
  EXPECT_FALSE(stacks.Push(0, MakeBatch(1, 1), 8));
  EXPECT_EQ(stacks.Pop(0).count, 0u);
  EXPECT_EQ(stacks.Steal().count, 0u);
  EXPECT_EQ(stacks.PopIdle().count, 0u);
}

// What the stacks promise, as queues of numbered batches.
class Model {
 public:
  struct Entry {
    uint64_t number;
    uint32_t count;
    int epoch;
  };

  std::deque<Entry> stacks[kShardCount];
  int epoch = 0;

  size_t Deepest() const {
    size_t size = 0;
    for (const auto& stack : stacks) size = std::max(size, stack.size());
    return size;
  }
  uint64_t Blocks() const {
    uint64_t blocks = 0;
    for (const auto& stack : stacks) {
      for (const Entry& entry : stack) blocks += entry.count;
    }
    return blocks;
  }
  // Lay untouched from before the epoch that has ended.
  bool IsIdle(const Entry& entry) const { return entry.epoch < epoch - 1; }
  // Removes the bottom of a stack that has `batch` there.
  bool RemoveBottom(Batch batch, bool idle, size_t depth) {
    for (auto& stack : stacks) {
      if (stack.empty() || MakeBatch(stack[0].number, 0).head != batch.head) {
        continue;
      }
      if (stack[0].count != batch.count || stack.size() < depth ||
          (idle && !IsIdle(stack[0]))) {
        return false;
      }
      stack.pop_front();
      return true;
    }
    return false;
  }
  bool HasIdle() const {
    for (const auto& stack : stacks) {
      if (!stack.empty() && IsIdle(stack[0])) return true;
    }
    return false;
  }
};

TEST(BatchStacksTest, BehavesAsTheModel) {
  const auto stacks = std::make_unique<StoredStacks>();
  Model model;
  std::mt19937 random(7);
  uint64_t number = 0;
  for (int i = 0; i < 200000; ++i) {
    const uint32_t shard = random() % kShardCount;
    auto& stack = model.stacks[shard];
    const uint32_t action = random() % 100;
    if (action < 45) {
      const uint32_t limit = 1 + random() % (BatchStacks::kDepth + 8);
      const uint32_t count = 1 + random() % kMaxBatchBlocks;
      const bool fits = stack.size() < std::min(limit, BatchStacks::kDepth);
      ASSERT_EQ(stacks->Push(shard, MakeBatch(++number, count), limit), fits);
      if (fits) stack.push_back({number, count, model.epoch});
    } else if (action < 80) {
      const Batch batch = stacks->Pop(shard);
      ASSERT_EQ(batch.count, stack.empty() ? 0 : stack.back().count);
      if (stack.empty()) continue;
      ASSERT_EQ(batch.head, MakeBatch(stack.back().number, 0).head);
      stack.pop_back();
    } else if (action < 85) {
      const size_t deepest = model.Deepest();
      const Batch batch = stacks->Steal();
      ASSERT_EQ(batch.count == 0, deepest == 0);
      if (deepest > 0) {
        ASSERT_TRUE(model.RemoveBottom(batch, false, deepest));
      }
    } else if (action < 95) {
      const bool has_idle = model.HasIdle();
      const Batch batch = stacks->PopIdle();
      ASSERT_EQ(batch.count > 0, has_idle);
      if (has_idle) {
        ASSERT_TRUE(model.RemoveBottom(batch, true, 0));
      }
    } else if (action < 96) {
      stacks->BeginEpoch();
      ++model.epoch;
    }
    ASSERT_EQ(stacks->blocks(), model.Blocks());
  }
}

}  // namespace
}  // namespace headroom
