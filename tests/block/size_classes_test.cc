#include "allocator/block/size_classes.h"

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

// The smallest class whose blocks hold `bytes`, found without the table.
size_t SmallestFittingClass(size_t bytes) {
  size_t size_class = 0;
  while (kSizeClasses[size_class].stride - kHeaderBytes < bytes) ++size_class;
  return size_class;
}

TEST(SizeClassesTest, EverySizeGetsTheSmallestClassThatFits) {
  for (size_t bytes = 0; bytes <= kMaxSmallBytes; ++bytes) {
    const SizeClass size_class = SizeClassFor(bytes);
    ASSERT_LT(size_class, kSizeClassCount);
    ASSERT_GE(UsableBytesOf(size_class), bytes);
    ASSERT_EQ(size_class, SmallestFittingClass(bytes)) << bytes;
  }
}

TEST(SizeClassesTest, EveryUsableSizeIsItsOwnClass) {
  for (size_t c = 0; c < kSizeClassCount; ++c) {
    const auto size_class = static_cast<SizeClass>(c);
    EXPECT_EQ(SizeClassFor(UsableBytesOf(size_class)), c);
    if (c + 1 < kSizeClassCount) {
      EXPECT_EQ(SizeClassFor(UsableBytesOf(size_class) + 1), c + 1);
    }
  }
  EXPECT_EQ(UsableBytesOf(kSizeClassCount - 1), kMaxSmallBytes);
}

TEST(SizeClassesTest, TheLookupTableAgreesForEveryGranule) {
  for (size_t granules = 1; granules < kClassOfGranules.size(); ++granules) {
    const SizeClass size_class = kClassOfGranules[granules];
    EXPECT_GE(StrideOf(size_class), granules * kBlockAlignment);
    if (size_class > 0) {
      EXPECT_LT(StrideOf(size_class - 1), granules * kBlockAlignment);
    }
  }
  EXPECT_EQ(kClassOfGranules.size(), kMaxSmallStride / kBlockAlignment + 1);
}

TEST(SizeClassesTest, StridesRiseAndKeepPayloadsAligned) {
  EXPECT_EQ(kSizeClasses[0].stride, kBlockAlignment);
  for (size_t c = 0; c < kSizeClassCount; ++c) {
    EXPECT_EQ(kSizeClasses[c].stride % kBlockAlignment, 0u);
    if (c > 0) {
      EXPECT_GT(kSizeClasses[c].stride, kSizeClasses[c - 1].stride);
    }
  }
}

TEST(SizeClassesTest, WasteIsBounded) {
  for (size_t bytes = 256; bytes <= kMaxSmallBytes; ++bytes) {
    const size_t waste = StrideOf(SizeClassFor(bytes)) - bytes;
    // A step of an eighth, and the header.
    ASSERT_LE(waste, bytes / 8 + kHeaderBytes + kBlockAlignment) << bytes;
  }
  for (size_t power = 512; power <= 32768; power *= 2) {
    EXPECT_LE(StrideOf(SizeClassFor(power)), power + 16);
  }
}

TEST(SizeClassesTest, SpansHoldTheirBlocksAndWasteLittle) {
  for (const SizeClassInfo& info : kSizeClasses) {
    const size_t bytes = PageCount{info.pages_per_span}.bytes();
    const size_t used =
        kHeaderBytes + size_t{info.blocks_per_span} * info.stride;
    EXPECT_LE(used, bytes) << info.stride;
    EXPECT_GT(used + info.stride, bytes) << "room for one more";
    EXPECT_LE((bytes - used + kHeaderBytes) * 32, bytes) << info.stride;
    EXPECT_GE(info.blocks_per_span, 7u);
    EXPECT_GE(info.max_batch, 1u);
    EXPECT_LE(info.max_batch, kMaxBatchBlocks);
    EXPECT_LE(size_t{info.max_batch} * info.stride, kMaxBatchBytes);
  }
}

}  // namespace
}  // namespace headroom
