#include "allocator/base/units.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(UnitsTest, ConversionsRoundAsTheirNamesSay) {
  for (size_t pages = 0; pages < 4; ++pages) {
    const size_t exact = pages * kPageBytes;
    EXPECT_EQ(PageCount{pages}.bytes(), exact);
    EXPECT_EQ(BytesToPagesCeil(exact).value, pages);
    EXPECT_EQ(BytesToPagesFloor(exact).value, pages);
    EXPECT_EQ(BytesToPagesCeil(exact + 1).value, pages + 1);
    EXPECT_EQ(BytesToPagesFloor(exact + 1).value, pages);
    EXPECT_EQ(BytesToPagesCeil(exact + kPageBytes - 1).value, pages + 1);
    EXPECT_EQ(BytesToPagesFloor(exact + kPageBytes - 1).value, pages);
  }
}

TEST(UnitsTest, PagesAndAddresses) {
  const PageId page{123};
  EXPECT_EQ(page.address(), 123 * kPageBytes);
  EXPECT_EQ(PageContaining(page.address()), page);
  EXPECT_EQ(PageContaining(page.address() + kPageBytes - 1), page);
  EXPECT_EQ(PageContaining(page.address() - 1), page - PageCount{1});
  EXPECT_EQ((page + PageCount{5}) - page, PageCount{5});
  EXPECT_LT(page, page + PageCount{1});
}

TEST(UnitsTest, Alignment) {
  EXPECT_FALSE(IsPowerOfTwo(0));
  EXPECT_TRUE(IsPowerOfTwo(1));
  EXPECT_FALSE(IsPowerOfTwo(3));
  EXPECT_TRUE(IsPowerOfTwo(size_t{1} << 63));
  EXPECT_FALSE(IsPowerOfTwo(SIZE_MAX));
  for (uintptr_t n : {0, 1, 15, 16, 17, 4095, 4096, 4097}) {
    for (size_t alignment : {1, 16, 4096}) {
      const uintptr_t up = AlignUp(n, alignment);
      const uintptr_t down = AlignDown(n, alignment);
      EXPECT_EQ(up % alignment, 0u);
      EXPECT_EQ(down % alignment, 0u);
      EXPECT_TRUE(up >= n && up - n < alignment);
      EXPECT_TRUE(down <= n && n - down < alignment);
    }
  }
}

TEST(UnitsTest, Ranges) {
  const MemoryRange range{100, 28};
  EXPECT_EQ(range.end(), 128u);
  EXPECT_FALSE(range.empty());
  EXPECT_TRUE(MemoryRange{}.empty());
  EXPECT_EQ(range, (MemoryRange{100, 28}));
}

}  // namespace
}  // namespace headroom
