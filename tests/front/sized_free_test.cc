// Frees that say a size: the right one is taken, another one reported.
#include <csignal>
#include <cstring>
#include <memory>
#include <string>

#include "allocator/front/heap.h"
#include "gtest/gtest.h"
#include "tests/front/misuse_log.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

constexpr char kWrongSize[] =
    "wrong size: the block was allocated with another size";
constexpr char kWrongAlignment[] =
    "wrong alignment: the block was allocated with another alignment";

// By level of hardening: 0 the default, 1 with tails, 2 zeroed only.
class SizedFreeTest : public ::testing::TestWithParam<int> {
 protected:
  ~SizedFreeTest() override {
    EXPECT_EQ(log_.Take(), "");
    EXPECT_EQ(heap_->AllLiveBlocks(), 0u);
    EXPECT_EQ(heap_->Stats().live_bytes(), 0u);
    EXPECT_EQ(heap_->BrokenInvariant(), "");
  }
  static Options Level(int level) {
    Options options;
    options.tail_canary = level == 1;
    options.check_origin = level == 1;
    options.zero_on_free = level == 2;
    return options;
  }
  bool has_tails() const { return GetParam() == 1; }

  // What the free says; the block stays live if it says something.
  std::string Says(void* block, size_t bytes) {
    thread_.FreeSized(block, bytes);
    return log_.Take();
  }
  std::string Says(void* block, size_t alignment, size_t bytes) {
    thread_.FreeAlignedSized(block, alignment, bytes);
    return log_.Take();
  }

  MisuseLog log_;
  std::unique_ptr<TestHeap> heap_ =
      std::make_unique<TestHeap>(Level(GetParam()));
  TestThread thread_{*heap_};
};

INSTANTIATE_TEST_SUITE_P(Levels, SizedFreeTest, ::testing::Values(0, 1, 2));

TEST_P(SizedFreeTest, EveryBoundOfAClass) {
  for (size_t c = 0; c < kSizeClassCount; ++c) {
    const size_t most = UsableBytesOf(static_cast<SizeClass>(c));
    const size_t least = c == 0 ? 0 : most - StrideOf(c) + StrideOf(c - 1) + 1;
    for (const size_t bytes : {least, most - 1, most}) {
      EXPECT_EQ(Says(thread_.Malloc(bytes), bytes), "") << bytes;
    }
    void* block = thread_.Malloc(most);
    EXPECT_EQ(Says(block, most + 1 + has_tails() * most), kWrongSize);
    if (c > 0) {
      EXPECT_EQ(Says(block, least - 1), kWrongSize);
    }
    EXPECT_EQ(Says(block, SIZE_MAX), kWrongSize);
    EXPECT_EQ(Says(block, most), "");
  }
}

// As nallocx has it: whatever lies between what was asked for and what a fresh
// block would have.
TEST_P(SizedFreeTest, UpToTheGoodSize) {
  for (const size_t bytes : {1, 100, 5000, 32000, 40000, 1000000, 5 << 20}) {
    EXPECT_EQ(Says(thread_.Malloc(bytes), GoodSize(bytes)), "") << bytes;
    void* block = thread_.Malloc(bytes);
    EXPECT_EQ(Says(block, GoodSize(bytes) + 1), kWrongSize) << bytes;
    EXPECT_EQ(Says(block, bytes), "");
  }
}

TEST_P(SizedFreeTest, LargeBlocksAndMappings) {
  for (const size_t bytes : {40000, 1 << 20, 5 << 20, 50 << 20}) {
    void* block = thread_.Malloc(bytes);
    EXPECT_EQ(Says(block, bytes - 8192), kWrongSize) << bytes;
    EXPECT_EQ(Says(block, bytes + 8192), kWrongSize) << bytes;
    EXPECT_EQ(Says(block, 10), kWrongSize);
    EXPECT_EQ(Says(block, SIZE_MAX), kWrongSize);
    EXPECT_EQ(Says(block, bytes), "");
  }
}

TEST_P(SizedFreeTest, AfterReallocTheLastSizeCounts) {
  const size_t steps[] = {1000,  990,    950,     920,     5000,   4900, 4500,
                          40000, 39000,  100000,  95000,   300000, 20,   24,
                          1,     200000, 5 << 20, 6 << 20, 5 << 20};
  void* block = thread_.Malloc(10);
  for (const size_t bytes : steps) {
    block = thread_.Realloc(block, bytes);
    EXPECT_EQ(Says(block, thread_.UsableBytes(block) + 40000), kWrongSize);
    // Each on a block that went all the way here.
    EXPECT_EQ(Says(block, bytes), "") << bytes;
    block = thread_.Malloc(10);
    for (const size_t step : steps) {
      block = thread_.Realloc(block, step);
      if (step == bytes) break;
    }
  }
  thread_.Free(block);
}

TEST_P(SizedFreeTest, AlignedBlocks) {
  for (size_t alignment = 16; alignment <= 1 << 16; alignment *= 4) {
    for (const size_t bytes : {0, 1, 100, 5000, 32768, 100000, 5 << 20}) {
      void* block = thread_.Memalign(alignment, bytes);
      EXPECT_EQ(Says(block, alignment, bytes + 400000), kWrongSize);
      EXPECT_EQ(Says(block, size_t{1} << 40, bytes), kWrongAlignment);
      EXPECT_EQ(Says(block, 24, bytes), kWrongAlignment);
      EXPECT_EQ(Says(block, 0, bytes), kWrongAlignment);
      EXPECT_EQ(Says(block, alignment, SIZE_MAX - 3), kWrongSize);
      EXPECT_EQ(Says(block, alignment, bytes), "") << alignment << " " << bytes;
    }
  }
}

TEST_P(SizedFreeTest, OtherMisuseIsCalledByItsName) {
  auto* block = static_cast<char*>(thread_.Malloc(100));
  EXPECT_EQ(Says(block + 16, 100),
            "invalid free: pointer into a block, not to its start");
  EXPECT_EQ(Says(block + 8, 100), "invalid free: misaligned pointer");
  EXPECT_EQ(Says(block + 1, 64, 100), "invalid free: misaligned pointer");
  thread_.FreeSized(nullptr, 100);
  EXPECT_EQ(Says(block, 100), "");
  EXPECT_EQ(Says(block, 100), "double free: the block is already free");
}

TEST(SizedFreeDeathTest, AWrongSizeEndsTheProcess) {
  auto heap = std::make_unique<TestHeap>();
  TestThread thread(*heap);
  void* block = thread.Malloc(100);
  EXPECT_EXIT(thread.FreeSized(block, 200), ::testing::KilledBySignal(SIGABRT),
              "^headroom: wrong size: .*: pointer 0x[0-9a-f]+\n");
  thread.FreeSized(block, 100);
}

}  // namespace
}  // namespace headroom
