// aligned_alloc, posix_memalign, memalign, valloc, pvalloc: every alignment
// from 1 to 1 GiB, legal or not.
#include <malloc.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

constexpr size_t kMaxAlignment = size_t{1} << 30;
constexpr size_t kSizes[] = {0, 1, 24, 100, 5000, 40000, 300000};

bool IsAligned(const void* p, size_t alignment) {
  return reinterpret_cast<uintptr_t>(p) % alignment == 0;
}

void CheckAndFree(void* block, size_t alignment, size_t bytes) {
  ASSERT_NE(block, nullptr) << alignment << " " << bytes;
  ASSERT_TRUE(IsAligned(block, alignment)) << alignment << " " << bytes;
  ASSERT_TRUE(IsAligned(block, 16));
  const size_t usable = malloc_usable_size(block);
  ASSERT_GE(usable, bytes);
  Fill(block, bytes, 1);
  static_cast<char*>(block)[usable - 1] = 1;
  free(block);
}

// Alignments that are not powers of two: around each power, and some between.
std::vector<size_t> IllegalAlignments() {
  std::vector<size_t> illegal = {0};
  for (size_t power = 4; power <= kMaxAlignment; power *= 2) {
    for (const size_t n : {power - 1, power + 1, power + power / 2}) {
      if (!std::has_single_bit(n)) illegal.push_back(n);
    }
  }
  illegal.push_back(SIZE_MAX);
  return illegal;
}

TEST(AlignedAllocTest, EveryPowerOfTwo) {
  for (size_t alignment = 1; alignment <= kMaxAlignment; alignment *= 2) {
    for (const size_t bytes : kSizes) {
      CheckAndFree(Opaque(aligned_alloc(alignment, bytes)), alignment, bytes);
    }
  }
}

TEST(AlignedAllocTest, ManyAtOnceKeepTheirContent) {
  std::vector<void*> blocks;
  for (size_t alignment = 1; alignment <= 1 << 16; alignment *= 2) {
    for (uint32_t i = 0; i < 50; ++i) {
      blocks.push_back(Opaque(aligned_alloc(alignment, 100 + i)));
      ASSERT_TRUE(IsAligned(blocks.back(), alignment));
      Fill(blocks.back(), 100 + i, i);
    }
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto seed = static_cast<uint32_t>(i % 50);
    ASSERT_TRUE(Holds(blocks[i], 100 + seed, seed));
    free(blocks[i]);
  }
}

TEST(AlignedAllocTest, AnythingElseIsEinval) {
  for (const size_t alignment : IllegalAlignments()) {
    errno = 0;
    EXPECT_EQ(aligned_alloc(Opaque(alignment), 64), nullptr) << alignment;
    EXPECT_EQ(errno, EINVAL);
  }
}

TEST(AlignedAllocTest, HugeIsEnomem) {
  for (const size_t alignment :
       {size_t{16}, size_t{4096}, size_t{1} << 62, size_t{1} << 63}) {
    for (const size_t bytes :
         {SIZE_MAX, SIZE_MAX - 4096, size_t{PTRDIFF_MAX}, SIZE_MAX / 2 + 2}) {
      errno = 0;
      EXPECT_EQ(aligned_alloc(Opaque(alignment), Opaque(bytes)), nullptr);
      EXPECT_EQ(errno, ENOMEM) << alignment << " " << bytes;
    }
  }
  errno = 0;
  EXPECT_EQ(aligned_alloc(Opaque(size_t{1} << 62), 1), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}

TEST(PosixMemalignTest, EveryPowerOfTwoFromAPointersSize) {
  for (size_t alignment = 8; alignment <= kMaxAlignment; alignment *= 2) {
    for (const size_t bytes : kSizes) {
      void* block = nullptr;
      ASSERT_EQ(posix_memalign(&block, alignment, bytes), 0);
      CheckAndFree(Opaque(block), alignment, bytes);
    }
  }
}

TEST(PosixMemalignTest, ErrorsAreReturnedAndChangeNothing) {
  std::vector<size_t> illegal = IllegalAlignments();
  illegal.insert(illegal.end(), {1, 2, 4});
  void* const before = &illegal;
  for (const size_t alignment : illegal) {
    void* block = before;
    errno = E2BIG;
    EXPECT_EQ(posix_memalign(&block, Opaque(alignment), 64), EINVAL)
        << alignment;
    EXPECT_EQ(block, before);
    EXPECT_EQ(errno, E2BIG);
  }
  void* block = before;
  EXPECT_EQ(posix_memalign(&block, 64, Opaque(SIZE_MAX)), ENOMEM);
  EXPECT_EQ(posix_memalign(&block, 64, Opaque(size_t{PTRDIFF_MAX})), ENOMEM);
  EXPECT_EQ(posix_memalign(&block, size_t{1} << 62, Opaque(size_t{1} << 62)),
            ENOMEM);
  EXPECT_EQ(block, before);
  EXPECT_EQ(errno, E2BIG);
}

TEST(MemalignTest, EveryPowerOfTwo) {
  for (size_t alignment = 1; alignment <= kMaxAlignment; alignment *= 2) {
    CheckAndFree(Opaque(memalign(alignment, 100)), alignment, 100);
  }
}

TEST(MemalignTest, RoundsOtherAlignmentsUpAsGlibc) {
  for (const size_t alignment : IllegalAlignments()) {
    if (alignment > kMaxAlignment) continue;
    CheckAndFree(Opaque(memalign(Opaque(alignment), 100)),
                 std::bit_ceil(alignment), 100);
  }
}

TEST(MemalignTest, AlignmentWithoutNextPowerIsEinval) {
  for (const size_t alignment : {SIZE_MAX, SIZE_MAX / 2 + 2}) {
    errno = 0;
    EXPECT_EQ(memalign(Opaque(alignment), 1), nullptr);
    EXPECT_EQ(errno, EINVAL);
  }
  errno = 0;
  EXPECT_EQ(memalign(4096, Opaque(SIZE_MAX)), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}

TEST(VallocTest, IsPageAligned) {
  const auto page = static_cast<size_t>(getpagesize());
  for (const size_t bytes : {size_t{0}, size_t{1}, page, page + 1, 10 * page}) {
    CheckAndFree(Opaque(valloc(bytes)), page, bytes);
  }
  errno = 0;
  EXPECT_EQ(valloc(Opaque(SIZE_MAX)), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}

TEST(PvallocTest, IsWholePages) {
  const auto page = static_cast<size_t>(getpagesize());
  for (const size_t bytes : {size_t{1}, page, page + 1, 10 * page}) {
    CheckAndFree(Opaque(pvalloc(bytes)), page,
                 (bytes + page - 1) / page * page);
  }
  CheckAndFree(Opaque(pvalloc(0)), page, page);
  for (const size_t bytes : {SIZE_MAX, SIZE_MAX - page, size_t{PTRDIFF_MAX}}) {
    errno = 0;
    EXPECT_EQ(pvalloc(Opaque(bytes)), nullptr);
    EXPECT_EQ(errno, ENOMEM);
  }
}

}  // namespace
}  // namespace headroom
