// realloc: contents kept over every change of kind (small, span, mapping,
// aligned), and the corner cases of C and glibc.
#include <malloc.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

constexpr size_t kSizes[] = {
    1,     24,     25,      100,     4000,          32768,  32777,
    65536, 200000, 1000000, 4 << 20, (4 << 20) + 1, 9000000};

uint64_t LiveBytes() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

TEST(ReallocTest, NullIsMalloc) {
  void* block = Opaque(realloc(nullptr, 100));
  ASSERT_NE(block, nullptr);
  EXPECT_GE(malloc_usable_size(block), 100u);
  free(block);
}

TEST(ReallocTest, NullAndZeroGivesABlock) {
  void* block = Opaque(realloc(nullptr, Opaque(size_t{0})));
  EXPECT_NE(block, nullptr);
  free(block);
}

TEST(ReallocTest, ZeroFreesAsGlibc) {
  const uint64_t before = LiveBytes();
  void* block = Opaque(malloc(1 << 20));
  errno = E2BIG;
  EXPECT_EQ(realloc(block, Opaque(size_t{0})), nullptr);
  EXPECT_EQ(errno, E2BIG);
  EXPECT_EQ(LiveBytes(), before);
}

TEST(ReallocTest, KeepsContentBetweenAllKinds) {
  for (const size_t from : kSizes) {
    for (const size_t to : kSizes) {
      void* block = Opaque(malloc(from));
      Fill(block, from, 11);
      block = Opaque(realloc(block, to));
      ASSERT_NE(block, nullptr);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0u);
      ASSERT_GE(malloc_usable_size(block), to);
      ASSERT_TRUE(Holds(block, std::min(from, to), 11)) << from << " " << to;
      Fill(block, malloc_usable_size(block), 12);
      free(block);
    }
  }
}

TEST(ReallocTest, KeepsContentOfAlignedBlocks) {
  for (size_t alignment = 32; alignment <= size_t{1} << 21; alignment *= 4) {
    for (const size_t from : kSizes) {
      for (const size_t to : {size_t{10}, from + 1, 2 * from}) {
        void* block = Opaque(aligned_alloc(alignment, from));
        ASSERT_NE(block, nullptr);
        Fill(block, from, 5);
        block = Opaque(realloc(block, to));
        ASSERT_NE(block, nullptr);
        ASSERT_TRUE(Holds(block, std::min(from, to), 5)) << alignment;
        free(block);
      }
    }
  }
}

TEST(ReallocTest, KeepsContentInAChainThatGrowsAndShrinks) {
  size_t bytes = 1;
  void* block = Opaque(malloc(bytes));
  Fill(block, bytes, 77);
  uint32_t state = 1;
  for (int step = 0; step < 400; ++step) {
    state = state * 1664525 + 1013904223;
    const bool grow = bytes < 100 || (bytes < 8000000 && state % 5 < 3);
    const size_t next =
        grow ? bytes + bytes / 3 + state % 50 : bytes - bytes / 3 - state % 30;
    block = Opaque(realloc(block, next));
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(Holds(block, std::min(bytes, next), 77)) << bytes << next;
    bytes = next;
    Fill(block, bytes, 77);
  }
  free(block);
}

TEST(ReallocTest, FailureKeepsTheBlock) {
  for (const size_t from : kSizes) {
    void* block = Opaque(malloc(from));
    Fill(block, from, 9);
    for (const size_t to : {SIZE_MAX, size_t{PTRDIFF_MAX} + 1,
                            size_t{PTRDIFF_MAX}, size_t{1} << 60}) {
      errno = 0;
      ASSERT_EQ(realloc(Opaque(block), Opaque(to)), nullptr);
      ASSERT_EQ(errno, ENOMEM);
    }
    ASSERT_TRUE(Holds(block, from, 9)) << from;
    free(block);
  }
}

TEST(ReallocTest, ShrinkingGivesMemoryBack) {
  void* block = Opaque(malloc(64 << 20));
  const uint64_t before = LiveBytes();
  block = Opaque(realloc(block, 100));
  EXPECT_LT(LiveBytes() + (60 << 20), before);
  free(block);
}

}  // namespace
}  // namespace headroom
