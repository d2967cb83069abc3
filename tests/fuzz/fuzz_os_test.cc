#include "fuzz/world/fuzz_os.h"

#include <cstdint>
#include <cstring>

#include "allocator/base/memory_checker.h"
#include "fuzz/world/touched_pages.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

// More than what is kept of the break from input to input.
constexpr size_t kFarBytes = size_t{20} << 20;

char* At(uintptr_t address) { return reinterpret_cast<char*>(address); }

// Byte by byte, unlike IsZero.
bool ReadsAsZero(uintptr_t start, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    if (At(start)[i] != 0) return false;
  }
  return true;
}

void Touch(uintptr_t address) { *static_cast<volatile char*>(At(address)); }

// What an input may leave behind: written, closed to the program, closed to
// everybody.
void Use(FuzzOs& os, uintptr_t start, size_t bytes) {
  memset(At(start), 0xaa, bytes);
  CloseMemory({start, bytes / 2});
  EXPECT_TRUE(os.Protect(start, kKernelPageBytes, /*accessible=*/false));
}

TEST(FuzzOsTest, TheBreaksMemoryIsZeroForEachInput) {
  for (const size_t bytes : {kFarBytes, size_t{12345}, kFarBytes}) {
    FuzzOs os;
    const uintptr_t start = os.Sbrk(static_cast<intptr_t>(bytes));
    ASSERT_NE(start, kSbrkFailed);
    EXPECT_TRUE(ReadsAsZero(start, bytes));
    Use(os, start, bytes);
  }
}

TEST(FuzzOsTest, AMappingIsZeroForEachInput) {
  for (int i = 0; i < 2; ++i) {
    FuzzOs os;
    const uintptr_t start = os.Map(kFarBytes);
    ASSERT_NE(start, 0u);
    EXPECT_TRUE(ReadsAsZero(start, kFarBytes));
    Use(os, start, kFarBytes);
  }
}

TEST(FuzzOsTest, DecommittedMemoryIsZero) {
  FuzzOs os;
  for (const uintptr_t start : {os.Sbrk(kFarBytes), os.Map(kFarBytes)}) {
    memset(At(start), 0xaa, kFarBytes);
    const size_t page = kKernelPageBytes;
    EXPECT_TRUE(os.Decommit(start + page, 3 * page));
    EXPECT_TRUE(ReadsAsZero(start + page, 3 * page));
    EXPECT_EQ(At(start)[page - 1], '\xaa');
    EXPECT_EQ(At(start)[4 * page], '\xaa');
    EXPECT_TRUE(os.Decommit(start, kFarBytes));
    EXPECT_TRUE(ReadsAsZero(start, kFarBytes));
  }
}

TEST(FuzzOsTest, InaccessibleMemoryIsDecommitted) {
  FuzzOs os;
  const uintptr_t start = os.Sbrk(2 * kKernelPageBytes);
  memset(At(start), 0xaa, 2 * kKernelPageBytes);
  EXPECT_TRUE(os.Protect(start, kKernelPageBytes, /*accessible=*/false));
  EXPECT_TRUE(os.Decommit(start, 2 * kKernelPageBytes));
  EXPECT_TRUE(os.Protect(start, kKernelPageBytes, /*accessible=*/true));
  EXPECT_TRUE(ReadsAsZero(start, 2 * kKernelPageBytes));
}

TEST(FuzzOsDeathTest, UnmappedMemoryFaults) {
  FuzzOs os;
  const uintptr_t start = os.Map(3 * kKernelPageBytes);
  memset(At(start), 1, 3 * kKernelPageBytes);
  EXPECT_TRUE(os.Unmap(start + kKernelPageBytes, kKernelPageBytes));
  Touch(start);
  EXPECT_DEATH(Touch(start + kKernelPageBytes), "");
  Touch(start + 2 * kKernelPageBytes);
}

TEST(FuzzOsDeathTest, WhereAMappingWasFaults) {
  FuzzOs os;
  const uintptr_t start = os.Map(2 * kKernelPageBytes);
  *At(start) = 7;
  const uintptr_t moved =
      os.Remap(start, 2 * kKernelPageBytes, 3 * kKernelPageBytes);
  EXPECT_EQ(*At(moved), 7);
  EXPECT_DEATH(Touch(start), "");
  EXPECT_EQ(os.Remap(moved, 3 * kKernelPageBytes, kKernelPageBytes), moved);
  EXPECT_DEATH(Touch(moved + kKernelPageBytes), "");
}

TEST(FuzzOsDeathTest, AboveTheBreakIsNothing) {
  uintptr_t start = 0;
  {
    FuzzOs os;
    start = os.Sbrk(3 * kKernelPageBytes);
    Touch(start + 3 * kKernelPageBytes - 1);
    EXPECT_DEATH(Touch(start + 3 * kKernelPageBytes), "");
    os.ForeignGrow(1);
    Touch(start + 3 * kKernelPageBytes);
  }
  EXPECT_DEATH(Touch(start), "") << "the next input begins without";
}

TEST(TouchedPagesTest, OneByteIsFound) {
  FuzzOs os;
  const uintptr_t start = os.Map(kFarBytes);
  const auto is_zero = [start] {
    return IsZero(At(start) + 8, kFarBytes - 16);
  };
  EXPECT_TRUE(is_zero());
  for (const size_t i : {size_t{8}, kFarBytes / 2 + 77, kFarBytes - 9}) {
    At(start)[i] = 1;
    EXPECT_FALSE(is_zero()) << i;
    At(start)[i] = 0;
    EXPECT_TRUE(is_zero()) << i;
  }
  At(start)[7] = 1;
  At(start)[kFarBytes - 8] = 1;
  EXPECT_TRUE(is_zero()) << "what is around does not count";
  EXPECT_TRUE(IsZero(At(start) + 100, 0));
}

}  // namespace
}  // namespace headroom
