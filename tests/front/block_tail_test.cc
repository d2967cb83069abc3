#include "allocator/front/block_tail.h"

#include <cstring>

#include "gtest/gtest.h"
#include "tests/block/test_keys.h"

namespace headroom {
namespace {

class BlockTailTest : public ::testing::Test {
 protected:
  static constexpr size_t kRoom = 120;

  BlockTail TailOf(unsigned char* block) const {
    return BlockTail::OfSmall(keys_, block,
                              reinterpret_cast<uintptr_t>(block) + kRoom);
  }
  BlockTail tail() { return TailOf(room_); }
  bool Reads() { return tail().Read(&bytes_, &origin_); }

  const SealKeys keys_ = TestKeys(4);
  alignas(16) unsigned char room_[2 * kRoom + 16] = {};
  size_t bytes_ = 0;
  Origin origin_ = Origin::kMalloc;
};

TEST_F(BlockTailTest, TellsEverySizeAndOrigin) {
  for (size_t bytes = 0; bytes <= kRoom - BlockTail::kLeastBytes; ++bytes) {
    for (int i = 0; i <= static_cast<int>(Origin::kNewArrayAligned); ++i) {
      const auto origin = static_cast<Origin>(i);
      tail().Write(bytes, origin, /*with_canary=*/true);
      ASSERT_TRUE(Reads());
      ASSERT_EQ(bytes_, bytes);
      ASSERT_EQ(origin_, origin);
      ASSERT_TRUE(tail().HasCanary(bytes));
      ASSERT_EQ(room_[bytes], 0) << "a string stops here";
    }
  }
}

TEST_F(BlockTailTest, AnyByteOfItOverwrittenShows) {
  for (const size_t bytes : {size_t{0}, size_t{50}, kRoom - 17}) {
    tail().Write(bytes, Origin::kNew, /*with_canary=*/true);
    for (size_t i = bytes; i < kRoom; ++i) {
      for (const unsigned char change : {0x01, 0x80, 0xff}) {
        room_[i] ^= change;
        ASSERT_FALSE(Reads() && tail().HasCanary(bytes)) << bytes << " " << i;
        room_[i] ^= change;
      }
    }
    ASSERT_TRUE(Reads() && tail().HasCanary(bytes));
  }
}

TEST_F(BlockTailTest, WithoutCanaryWhatLiesBetweenIsNotWrittenTo) {
  memset(room_, 0x77, sizeof(room_));
  tail().Write(10, Origin::kNew, /*with_canary=*/false);
  for (size_t i = 0; i < kRoom - BlockTail::kNoteBytes; ++i) {
    ASSERT_EQ(room_[i], 0x77);
  }
  EXPECT_TRUE(Reads());
  EXPECT_FALSE(tail().HasCanary(10));
  for (size_t i = kRoom; i < sizeof(room_); ++i) ASSERT_EQ(room_[i], 0x77);
}

TEST_F(BlockTailTest, ItBelongsToItsPlace) {
  tail().Write(10, Origin::kNew, /*with_canary=*/true);
  unsigned char* const other = room_ + kRoom + 8;
  memcpy(other, room_, kRoom);
  size_t bytes;
  Origin origin;
  EXPECT_FALSE(TailOf(other).Read(&bytes, &origin));
  TailOf(other).Write(10, Origin::kNew, /*with_canary=*/true);
  EXPECT_NE(memcmp(other + 11, room_ + 11, 8), 0) << "canaries are alike";
}

// An older, larger block ended here too: its words say more than fits.
TEST_F(BlockTailTest, AnotherBlocksThatEndedHereIsNotBelieved) {
  unsigned char* const inner = room_ + 64;
  const BlockTail small = BlockTail::OfSmall(
      keys_, inner, reinterpret_cast<uintptr_t>(room_) + kRoom);
  tail().Write(100, Origin::kNew, /*with_canary=*/false);
  EXPECT_TRUE(Reads());
  EXPECT_FALSE(small.Read(&bytes_, &origin_));
}

// Its note lies in front of it, and its canary ends where the block does.
TEST_F(BlockTailTest, OfALargeBlockNothingIsWrittenBehindItsEnd) {
  memset(room_, 0x77, sizeof(room_));
  unsigned char* const block = room_ + BlockTail::kFrontBytes;
  unsigned char* const end = block + 64;
  const BlockTail large =
      BlockTail::OfLarge(keys_, block, reinterpret_cast<uintptr_t>(end));
  for (const size_t bytes : {50, 63, 64}) {
    large.Write(bytes, Origin::kNewArray, /*with_canary=*/true);
    ASSERT_TRUE(large.Read(&bytes_, &origin_));
    EXPECT_EQ(bytes_, bytes);
    EXPECT_EQ(origin_, Origin::kNewArray);
    for (unsigned char* p = block + bytes; p < end; ++p) {
      *p ^= 1;
      EXPECT_FALSE(large.HasCanary(bytes));
      *p ^= 1;
    }
    EXPECT_TRUE(large.HasCanary(bytes));
  }
  EXPECT_EQ(*end, 0x77);
  // The header is not its own.
  for (size_t i = 1; i <= kHeaderBytes; ++i) EXPECT_EQ(*(block - i), 0x77);
  for (size_t i = kHeaderBytes + 1; i <= kHeaderBytes + 16; ++i) {
    *(block - i) ^= 1;
    EXPECT_FALSE(large.Read(&bytes_, &origin_)) << i;
    *(block - i) ^= 1;
  }
}

}  // namespace
}  // namespace headroom
