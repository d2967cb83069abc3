#include "allocator/front/large_blocks.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

constexpr size_t kSpanBytes = LargeBlocks::kMaxSpanBytes;

class LargeBlocksTest : public ::testing::Test {
 protected:
  ~LargeBlocksTest() override { EXPECT_EQ(heap_->BrokenInvariant(), ""); }

  void* Allocate(size_t bytes, size_t alignment = kBlockAlignment,
                 bool* zeroed = nullptr) {
    FoundBlock made;
    return heap_->large.Allocate(bytes, alignment, &made, zeroed) ? made.block
                                                                  : nullptr;
  }
  FoundBlock Find(const void* block) {
    FoundBlock found;
    Misuse misuse;
    EXPECT_TRUE(heap_->finder.Find(block, Caller::kFree, &found, &misuse));
    return found;
  }
  void Free(void* block) { heap_->large.Free(Find(block)); }
  void* Resize(void* block, size_t bytes) {
    return heap_->large.Resize(Find(block), bytes);
  }

  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
};

TEST_F(LargeBlocksTest, ASpanUpToTheLimitThenAMapping) {
  void* span = Allocate(kSpanBytes - kBlockAlignment - kKernelPageBytes);
  void* mapping = Allocate(kSpanBytes - kBlockAlignment - kKernelPageBytes + 1);
  EXPECT_EQ(Find(span).span->use, SpanUse::kLarge);
  EXPECT_EQ(Find(mapping).span->use, SpanUse::kMapping);
  EXPECT_EQ(heap_->source.mapping_count(), 1u);
  Free(mapping);
  EXPECT_EQ(heap_->Stats().mapping_count, 0u);
  Free(span);
  EXPECT_EQ(heap_->pages.stats().in_use.value, 0u);
}

TEST_F(LargeBlocksTest, FreePagesServeWhenTheKernelRefusesAMapping) {
  std::vector<void*> spans;
  for (int i = 0; i < 8; ++i) spans.push_back(Allocate(kSpanBytes / 2));
  for (void* span : spans) Free(span);
  heap_->source.fail_call = 1;
  void* block = Allocate(kSpanBytes + kSpanBytes / 2);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(heap_->source.fail_call, 0);  // it was asked first
  EXPECT_EQ(Find(block).span->use, SpanUse::kLarge);
  memset(block, 3, kSpanBytes + kSpanBytes / 2);
  Free(block);
}

TEST_F(LargeBlocksTest, TellsWhetherItReadsAsZero) {
  bool zeroed = false;
  void* fresh = Allocate(100000, 16, &zeroed);
  EXPECT_TRUE(zeroed);
  memset(fresh, 1, 100000);
  Free(fresh);
  void* again = Allocate(100000, 16, &zeroed);
  EXPECT_FALSE(zeroed);
  Free(again);
  heap_->ReleaseAll();
  void* clean = Allocate(100000, 16, &zeroed);
  EXPECT_TRUE(zeroed);
  const auto* bytes = static_cast<unsigned char*>(clean);
  EXPECT_TRUE(bytes[0] == 0 && memcmp(bytes, bytes + 1, 99999) == 0);
  Free(clean);
}

TEST_F(LargeBlocksTest, SpansShrinkAndGrowInPlace) {
  auto* block = static_cast<char*>(Allocate(1 << 20));
  memset(block, 7, 1 << 20);
  EXPECT_EQ(Resize(block, 100000), block);
  EXPECT_LT(heap_->Stats().large_live, 120000u);
  EXPECT_EQ(Resize(block, 1 << 20), block);
  EXPECT_EQ(block[99999], 7);
  // A neighbour in the way.
  Resize(block, 100000);
  void* neighbour = Allocate(50000);
  EXPECT_EQ(Resize(block, 1 << 20), nullptr);
  EXPECT_EQ(Find(block).bytes(), GoodSize(100000));
  Free(neighbour);
  EXPECT_EQ(Resize(block, kSpanBytes + 1), nullptr) << "is a mapping's size";
  Free(block);
}

TEST_F(LargeBlocksTest, MappingsAreResizedByTheKernel) {
  auto* block = static_cast<unsigned char*>(Allocate(2 * kSpanBytes));
  block[0] = 1;
  block[2 * kSpanBytes - 1] = 2;
  auto* moved = static_cast<unsigned char*>(Resize(block, 5 * kSpanBytes));
  ASSERT_NE(moved, nullptr);
  EXPECT_EQ(moved[0], 1);
  EXPECT_EQ(moved[2 * kSpanBytes - 1], 2);
  EXPECT_EQ(moved[5 * kSpanBytes - 1], 0);
  EXPECT_GE(Find(moved).bytes(), 5 * kSpanBytes);
  EXPECT_EQ(heap_->Stats().mapping_bytes, heap_->source.mapped_bytes);
  EXPECT_EQ(Resize(moved, 2 * kSpanBytes), moved);
  EXPECT_LT(heap_->source.mapped_bytes, 3 * kSpanBytes);
  EXPECT_EQ(Resize(moved, 1000), nullptr) << "small: by a copy";
  heap_->source.resize_moves = false;
  EXPECT_EQ(Resize(moved, 9 * kSpanBytes), nullptr);
  EXPECT_EQ(moved[0], 1);
  Free(moved);
  heap_->ReleaseAll();
  EXPECT_EQ(heap_->source.mapped_bytes, 0u);
}

TEST_F(LargeBlocksTest, AFreedMappingServesTheNextOneAtAnotherAddress) {
  auto* block = static_cast<char*>(Allocate(2 * kSpanBytes));
  memset(block, 5, 2 * kSpanBytes);
  const MemoryRange old = Find(block).span->memory;
  Free(block);
  EXPECT_FALSE(heap_->source.Owns(old)) << "a late access faults";
  EXPECT_TRUE(heap_->freed.Contains(block));
  EXPECT_EQ(heap_->Stats().kept_bytes, old.bytes);
  EXPECT_EQ(heap_->source.mapped_bytes, old.bytes);
  bool zeroed = false;
  auto* clean = static_cast<char*>(Allocate(2 * kSpanBytes, 16, &zeroed));
  EXPECT_TRUE(zeroed);
  EXPECT_EQ(clean[kSpanBytes], 0);
  EXPECT_EQ(heap_->Stats().kept_bytes, 0u) << "fresh pages take its place";
  Free(clean);
  const int calls = heap_->source.grow_calls;
  void* again = Allocate(2 * kSpanBytes);
  EXPECT_EQ(heap_->source.grow_calls, calls);
  EXPECT_EQ(Find(again).span->memory.bytes, old.bytes);
  EXPECT_TRUE(heap_->source.IsProtected(
      {Find(again).span->memory.end() - kKernelPageBytes, kKernelPageBytes}));
  Free(again);
}

TEST_F(LargeBlocksTest, NoMappingIsKeptWhereTheOptionsForbidIt) {
  Options zeroing;
  zeroing.zero_on_free = 1;
  Options guarding;
  guarding.guard_pages = 1;
  Options keeping_none;
  keeping_none.keep_large = 0;
  for (const Options& options : {zeroing, guarding, keeping_none}) {
    heap_ = std::make_unique<TestHeap>(options);
    Free(Allocate(2 * kSpanBytes));
    EXPECT_EQ(heap_->Stats().kept_bytes, 0u);
    EXPECT_EQ(heap_->source.mapped_bytes, 0u);
  }
}

TEST_F(LargeBlocksTest, AlignedMappingsKeepTheirOffset) {
  for (size_t alignment = 4096; alignment <= size_t{8} << 20; alignment *= 2) {
    auto* block = static_cast<char*>(Allocate(2 * kSpanBytes, alignment));
    ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
    memset(block, 3, 2 * kSpanBytes);
    block = static_cast<char*>(Resize(block, 3 * kSpanBytes));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(block[2 * kSpanBytes - 1], 3);
    Free(block);
    heap_->ReleaseAll();
    EXPECT_EQ(heap_->source.mapped_bytes, 0u);
  }
}

TEST_F(LargeBlocksTest, RefusesWhatNobodyHas) {
  EXPECT_EQ(Allocate(kMaxRequestBytes), nullptr);
  EXPECT_EQ(Allocate(1, kMaxRequestBytes / 2 + 1), nullptr);
  EXPECT_EQ(Allocate(size_t{1} << 46), nullptr);
  void* block = Allocate(2 * kSpanBytes);
  EXPECT_EQ(Resize(block, kMaxRequestBytes), nullptr);
  EXPECT_EQ(Resize(block, size_t{1} << 46), nullptr);
  Free(block);
}

}  // namespace
}  // namespace headroom
