#include "allocator/base/misuse.h"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <set>
#include <string>

#include "allocator/base/build_mode.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

struct Case {
  Misuse misuse;
  const char* text;
};

constexpr Case kCases[] = {
    {Misuse::kDoubleFree, "double free: the block is already free"},
    {Misuse::kInvalidFree, "invalid free: not a live block of this heap"},
    {Misuse::kMisalignedFree, "invalid free: misaligned pointer"},
    {Misuse::kInteriorFree,
     "invalid free: pointer into a block, not to its start"},
    {Misuse::kUnmappedFree,
     "invalid free: pointer to memory that is not mapped"},
    {Misuse::kReallocFreed, "invalid realloc: the block is already free"},
    {Misuse::kInvalidRealloc, "invalid realloc: not a live block of this heap"},
    {Misuse::kUsableSizeFreed,
     "invalid malloc_usable_size: the block is already free"},
    {Misuse::kInvalidUsableSize,
     "invalid malloc_usable_size: not a live block of this heap"},
    {Misuse::kWrongSize,
     "wrong size: the block was allocated with another size"},
    {Misuse::kWrongAlignment,
     "wrong alignment: the block was allocated with another alignment"},
    {Misuse::kOriginMismatch,
     "mismatched free: the block was allocated by another family of functions"},
    {Misuse::kCorruptHeader,
     "corrupt header: the block's header was overwritten"},
    {Misuse::kCorruptFreeBlock,
     "corrupt free block: its header was overwritten"},
    {Misuse::kTailOverrun,
     "buffer overflow: bytes behind the block were overwritten"},
    {Misuse::kFreedBlockWritten,
     "use after free: a freed block was written to"},
    {Misuse::kOverflowAccess, "buffer overflow: access behind a block"},
    {Misuse::kUnderflowAccess, "buffer underflow: access in front of a block"},
    {Misuse::kFreedAccess, "use after free: access to a freed block"},
    {Misuse::kZeroSizeAccess, "buffer overflow: access to a block of size 0"},
    {Misuse::kLockOrder, "internal error: lock taken out of rank order"},
    {Misuse::kAllocationUnderLock,
     "internal error: allocation while a lock of the heap is held"},
    {Misuse::kInternal, "internal error: heap metadata is damaged"},
};

TEST(MisuseTest, TextsAreFixedAndDistinct) {
  std::set<std::string> texts;
  for (const Case& each : kCases) {
    EXPECT_STREQ(MisuseText(each.misuse), each.text);
    EXPECT_TRUE(texts.insert(each.text).second);
  }
  EXPECT_EQ(texts.size(), static_cast<size_t>(Misuse::kInternal) + 1);
  EXPECT_STREQ(MisuseText(static_cast<Misuse>(255)),
               "internal error: unknown report");
}

TEST(MisuseDeathTest, EachReportIsOneLineAndAborts) {
  for (const Case& each : kCases) {
    const std::string line =
        std::string("headroom: ") + each.text + ": pointer 0x7fff12345678\n";
    EXPECT_EXIT(
        ReportMisuse(each.misuse, reinterpret_cast<void*>(0x7fff12345678)),
        ::testing::KilledBySignal(SIGABRT), "^" + line + "$");
  }
  // Without a listener, a call that can be ignored is no exception.
  EXPECT_EXIT(ReportBadCall(Misuse::kDoubleFree, nullptr),
              ::testing::KilledBySignal(SIGABRT), "^headroom: .*\n$");
}

TEST(MisuseDeathTest, PointersAreHexadecimal) {
  EXPECT_DEATH(ReportMisuse(Misuse::kDoubleFree, nullptr), "pointer 0x0\n");
  EXPECT_DEATH(
      ReportMisuse(Misuse::kDoubleFree, reinterpret_cast<void*>(UINTPTR_MAX)),
      "pointer 0xffffffffffffffff\n");
  EXPECT_DEATH(
      ReportMisuse(Misuse::kDoubleFree,
                   reinterpret_cast<void*>(uintptr_t{0x0123456789abcdef})),
      "pointer 0x123456789abcdef\n");
}

TEST(MisuseDeathTest, AClosedStandardErrorStillAborts) {
  EXPECT_EXIT(
      {
        close(2);
        ReportMisuse(Misuse::kDoubleFree, nullptr);
      },
      ::testing::KilledBySignal(SIGABRT), "");
}

TEST(CheckDeathTest, AbortsOnlyWhenFalse) {
  int here = 0;
  Check(true, &here);
  DebugCheck(true, &here);
  EXPECT_DEATH(Check(false, &here), "heap metadata is damaged");
  if constexpr (kDebugBuild) {
    EXPECT_DEATH(DebugCheck(false, &here), "heap metadata is damaged");
  } else {
    DebugCheck(false, &here);
  }
}

}  // namespace
}  // namespace headroom
