// Many classes in use, and a budget that is too small for them.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/thread/thread_fixture.h"

namespace headroom {
namespace {

class ThreadCacheCapacityTest : public ThreadFixture {
 protected:
  // Strides from 16 to more than 1000.
  static constexpr SizeClass kClasses = 60;
  static constexpr SizeClass kHungry = kClasses;

  ~ThreadCacheCapacityTest() override {
    End(&cache_);
    EXPECT_EQ(budget_.reserved(), 0u);
  }
  // Uses each class in turn, as far as a magazine may go.
  void UseAll(ThreadCache& cache, size_t blocks) {
    for (SizeClass size_class = 0; size_class < kClasses; ++size_class) {
      PushAll(cache, size_class, PopMany(cache, size_class, blocks));
    }
  }
  // When each class allocates and frees 200 blocks.
  uint64_t AcquisitionsOf(ThreadCache& cache) {
    const uint64_t before = Acquisitions();
    UseAll(cache, 200);
    return Acquisitions() - before;
  }
  uint64_t Acquisitions() {
    uint64_t acquisitions = 0;
    for (SizeClass size_class = 0; size_class < kClasses; ++size_class) {
      acquisitions += central_.stats(size_class).lock_acquisitions;
    }
    return acquisitions;
  }
  static size_t CapacityBytes(ThreadCache& cache) {
    size_t bytes = 0;
    for (size_t i = 0; i < kSizeClassCount; ++i) {
      const auto size_class = static_cast<SizeClass>(i);
      bytes += MagazineOf(cache, size_class).capacity() * StrideOf(size_class);
    }
    return bytes;
  }

  ThreadCache& cache_ = *registry_.Attach();
};

// Else each of its calls would take a lock.
TEST_F(ThreadCacheCapacityTest, AClassInUseIsNotClosedForLong) {
  for (int i = 0; i < 3; ++i) UseAll(cache_, 2000);
  EXPECT_LT(AcquisitionsOf(cache_), kClasses * 400 / 6u);
  // Nor are those of a thread that comes when most of the budget is gone.
  ThreadCache& late = *registry_.Attach();
  UseAll(late, 2000);
  EXPECT_LT(AcquisitionsOf(late), kClasses * 400 / 2u);
  End(&late);
}

TEST_F(ThreadCacheCapacityTest, WhatGrowsTakesFromWhatIsLarge) {
  UseAll(cache_, 2000);
  const size_t reserved = cache_.reserved();
  EXPECT_GT(reserved, budget_.limit() / 4);
  ASSERT_TRUE(MagazineOf(cache_, kHungry).is_closed());
  PushAll(cache_, kHungry, PopMany(cache_, kHungry, 500));
  EXPECT_GE(MagazineOf(cache_, kHungry).capacity(), 4u);
  EXPECT_LE(cache_.reserved(), budget_.limit() / 2);
  EXPECT_EQ(cache_.reserved(), CapacityBytes(cache_));
  EXPECT_EQ(budget_.reserved(), cache_.reserved());
}

TEST_F(ThreadCacheCapacityTest, NoBlockIsLostOnTheWay) {
  std::vector<std::vector<void*>> kept(kClasses);
  for (int i = 0; i < 4; ++i) {
    for (SizeClass size_class = 0; size_class < kClasses; ++size_class) {
      std::vector<void*> blocks = PopMany(cache_, size_class, 1000);
      kept[size_class].push_back(blocks.back());
      blocks.pop_back();
      PushAll(cache_, size_class, blocks);
    }
    for (SizeClass size_class = 0; size_class < kClasses; ++size_class) {
      ASSERT_EQ(LiveBlocks(size_class), kept[size_class].size());
    }
  }
  for (SizeClass size_class = 0; size_class < kClasses; ++size_class) {
    PushAll(cache_, size_class, kept[size_class]);
  }
}

// A magazine that gets no cells for half its size gives all it has.
TEST_F(ThreadCacheCapacityTest, WithoutCellsItIsClosedInstead) {
  ThreadCache& other = *registry_.Attach();
  std::vector<void*> blocks = PopMany(other, kHungry, 50);
  Push(other, kHungry, blocks.back());
  blocks.pop_back();
  other.Flush();
  for (int i = 0; i < 3; ++i) UseAll(cache_, 2000);
  arena_source_.grow_works = false;
  for (uint32_t count = CellPool::kMostCells; count > 0; count /= 2) {
    while (cells_.Allocate(count) != nullptr) {
    }
  }
  const size_t reserved = cache_.reserved();
  blocks.push_back(Pop(cache_, kHungry));
  EXPECT_LT(cache_.reserved(), reserved);
  EXPECT_EQ(cache_.reserved(), CapacityBytes(cache_));
  EXPECT_EQ(LiveBlocks(kHungry), blocks.size());
  for (SizeClass size_class = 0; size_class < kClasses; ++size_class) {
    EXPECT_EQ(LiveBlocks(size_class), 0u);
  }
  PushAll(cache_, kHungry, blocks);
  End(&other);
}

}  // namespace
}  // namespace headroom
