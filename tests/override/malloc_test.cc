// malloc, calloc, reallocarray, free and the sized frees: every promise and
// every error of C23, POSIX and glibc.
#include <malloc.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

// C23's, which glibc 2.36 does not declare.
extern "C" void free_sized(void*, size_t) noexcept;
extern "C" void free_aligned_sized(void*, size_t, size_t) noexcept;
extern "C" void cfree(void*) noexcept;

namespace headroom {
namespace {

uint64_t LiveBytes() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

bool IsAligned(const void* p, size_t alignment) {
  return reinterpret_cast<uintptr_t>(p) % alignment == 0;
}

TEST(MallocTest, IsHeadrooms) {
  const uint64_t before = LiveBytes();
  void* block = Opaque(malloc(1 << 20));
  EXPECT_GE(LiveBytes(), before + (1 << 20));
  free(block);
  EXPECT_LT(LiveBytes(), before + (1 << 20));
}

TEST(MallocTest, EverySmallSizeIsAlignedAndWritable) {
  std::vector<void*> blocks;
  for (size_t bytes = 0; bytes <= 40000; bytes += bytes < 2100 ? 1 : 97) {
    void* block = Opaque(malloc(bytes));
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(IsAligned(block, 16)) << bytes;
    Fill(block, bytes, static_cast<uint32_t>(bytes));
    blocks.push_back(block);
  }
  size_t bytes = 0;
  for (void* block : blocks) {
    ASSERT_TRUE(Holds(block, bytes, static_cast<uint32_t>(bytes))) << bytes;
    free(block);
    bytes += bytes < 2100 ? 1 : 97;
  }
}

TEST(MallocTest, LargeBlocksAreAlignedAndWritableToTheEnd) {
  for (size_t bytes = 1 << 15; bytes <= size_t{1} << 28; bytes *= 2) {
    for (const size_t size : {bytes - 1, bytes, bytes + 1}) {
      auto* block = static_cast<char*>(Opaque(malloc(size)));
      ASSERT_NE(block, nullptr);
      ASSERT_TRUE(IsAligned(block, 16)) << size;
      block[0] = block[size / 2] = block[size - 1] = 1;
      free(block);
    }
  }
}

TEST(MallocTest, ZeroBytesGiveDistinctBlocks) {
  void* first = Opaque(malloc(0));
  void* second = Opaque(malloc(0));
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_NE(first, second);
  free(first);
  free(second);
}

TEST(MallocTest, MoreThanPtrdiffMaxIsEnomem) {
  for (const size_t bytes : {size_t{PTRDIFF_MAX} + 1, SIZE_MAX - 4096,
                             SIZE_MAX - 1, SIZE_MAX, SIZE_MAX / 2 + 17}) {
    errno = 0;
    EXPECT_EQ(malloc(Opaque(bytes)), nullptr) << bytes;
    EXPECT_EQ(errno, ENOMEM);
  }
}

TEST(MallocTest, MoreThanTheAddressSpaceIsEnomem) {
  for (int shift = 48; shift < 63; ++shift) {
    errno = 0;
    EXPECT_EQ(malloc(Opaque(size_t{1} << shift)), nullptr) << shift;
    EXPECT_EQ(errno, ENOMEM);
  }
  errno = 0;
  EXPECT_EQ(malloc(Opaque(size_t{PTRDIFF_MAX})), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}

TEST(MallocTest, SuccessKeepsErrno) {
  errno = E2BIG;
  for (const size_t bytes : {1, 64, 5000, 100000, 10000000}) {
    free(Opaque(malloc(Opaque(bytes))));
  }
  EXPECT_EQ(errno, E2BIG);
}

TEST(FreeTest, KeepsErrno) {
  for (const size_t bytes : {1, 64, 5000, 100000, 1000000, 50000000}) {
    void* block = Opaque(malloc(bytes));
    errno = E2BIG;
    free(block);
    EXPECT_EQ(errno, E2BIG) << bytes;
  }
  errno = E2BIG;
  free(Opaque(static_cast<void*>(nullptr)));
  EXPECT_EQ(errno, E2BIG);
}

TEST(FreeTest, SizedFormsTakeNullAndEveryBlock) {
  free_sized(nullptr, 7);
  free_aligned_sized(nullptr, 64, 7);
  cfree(nullptr);
  for (const size_t bytes : {0, 1, 24, 25, 5000, 100000, 10000000}) {
    const uint64_t before = LiveBytes();
    free_sized(Opaque(malloc(bytes)), bytes);
    free_aligned_sized(Opaque(aligned_alloc(64, bytes)), 64, bytes);
    cfree(Opaque(malloc(bytes)));
    EXPECT_EQ(LiveBytes(), before) << bytes;
  }
}

TEST(FreeTest, SizedFormTakesTheSizeOfTheLastRealloc) {
  for (const size_t from : {1, 100, 1000, 40000, 5000000}) {
    for (const size_t to : {1, 100, 1000, 40000, 5000000}) {
      void* block = Opaque(realloc(Opaque(malloc(from)), to));
      ASSERT_NE(block, nullptr);
      free_sized(block, to);
    }
  }
}

TEST(CallocTest, IsZeroWhateverWasThereBefore) {
  for (const size_t bytes :
       {1, 8, 24, 100, 1000, 30000, 33000, 70000, 1000000, 9000000}) {
    for (int round = 0; round < 3; ++round) {
      auto* block = static_cast<unsigned char*>(Opaque(calloc(1, bytes)));
      ASSERT_NE(block, nullptr);
      for (size_t i = 0; i < bytes; ++i) ASSERT_EQ(block[i], 0) << bytes;
      Fill(block, bytes, 255);
      free(block);
    }
  }
}

TEST(CallocTest, OverflowAndHugeAreEnomem) {
  const size_t half = SIZE_MAX / 2 + 1;
  const size_t pairs[][2] = {{2, half},     {half, 2},
                             {SIZE_MAX, 2}, {SIZE_MAX, SIZE_MAX},
                             {1, SIZE_MAX}, {size_t{1} << 32, size_t{1} << 32},
                             {half, 1},     {3, SIZE_MAX / 3}};
  for (const auto& pair : pairs) {
    errno = 0;
    EXPECT_EQ(calloc(Opaque(pair[0]), Opaque(pair[1])), nullptr) << pair[0];
    EXPECT_EQ(errno, ENOMEM);
  }
}

TEST(CallocTest, ZeroCountOrSizeGivesABlock) {
  void* a = Opaque(calloc(0, 8));
  void* b = Opaque(calloc(8, 0));
  EXPECT_NE(a, nullptr);
  EXPECT_NE(b, nullptr);
  EXPECT_NE(a, b);
  free(a);
  free(b);
}

TEST(ReallocarrayTest, MultipliesAndRefusesOverflow) {
  void* block = Opaque(reallocarray(nullptr, 10, 100));
  ASSERT_NE(block, nullptr);
  EXPECT_GE(malloc_usable_size(block), 1000u);
  Fill(block, 1000, 3);
  errno = 0;
  EXPECT_EQ(reallocarray(Opaque(block), Opaque(SIZE_MAX / 2), 3), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  EXPECT_TRUE(Holds(block, 1000, 3));
  block = Opaque(reallocarray(block, 100, 1000));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(Holds(block, 1000, 3));
  EXPECT_EQ(reallocarray(Opaque(block), 0, 8),
            nullptr);  // frees, as realloc(p, 0)
}

TEST(UsableSizeTest, CoversTheRequestIsStableAndWritable) {
  EXPECT_EQ(malloc_usable_size(nullptr), 0u);
  for (size_t bytes = 0; bytes < 3000000; bytes += 1 + bytes / 7) {
    void* block = Opaque(malloc(bytes));
    const size_t usable = malloc_usable_size(block);
    ASSERT_GE(usable, bytes);
    // Neighbours of the same size find no damage from the slack's writers.
    void* neighbour = Opaque(malloc(bytes));
    Fill(neighbour, malloc_usable_size(neighbour), 1);
    Fill(block, usable, 2);
    ASSERT_EQ(malloc_usable_size(block), usable);
    ASSERT_TRUE(Holds(neighbour, malloc_usable_size(neighbour), 1)) << bytes;
    ASSERT_TRUE(Holds(block, usable, 2)) << bytes;
    free(block);
    free(neighbour);
  }
}

}  // namespace
}  // namespace headroom
