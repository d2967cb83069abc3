#include "allocator/block/block_header.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/block/block_payload.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

// Words that must not open do so by chance: a live one once in 2^48, a free
// one once in 2^19 guesses (whose two low bits are right).
constexpr double kFreeChance = 1.0 / (1 << 19);

// More than so many openings in `tries` are no chance: seven standard
// deviations above the mean, and seven more where the mean is small.
double MostByChance(double tries, double chance) {
  const double mean = tries * chance;
  return mean + 7 * std::sqrt(mean) + 7;
}

const void* Address(uintptr_t a) { return reinterpret_cast<const void*>(a); }

class BlockHeaderTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  BlockHeaderTest() : random_(GetParam()) {
    keys_ = MakeSealKeys({random_(), random_(), random_()});
    for (uintptr_t a : {0x10ul, 0x555555560010ul, 0x7ffff7ff0000ul,
                        (1ul << kAddressBits) - 16}) {
      addresses_.push_back(a);
    }
    for (int i = 0; i < 12; ++i) addresses_.push_back(RandomBlock());
  }
  uintptr_t RandomBlock() {
    return random_() % (uintptr_t{1} << kAddressBits) / kBlockAlignment *
           kBlockAlignment;
  }
  uint64_t RandomPayload() {
    return MakePayload(1 + random_() % (kSlotsInUse - 1),
                       static_cast<Origin>(random_() % 3));
  }
  BlockSeal SealAt(uintptr_t address) const {
    return BlockSeal(keys_, Address(address));
  }

  std::mt19937_64 random_;
  SealKeys keys_;
  std::vector<uintptr_t> addresses_;
};

TEST_P(BlockHeaderTest, EveryPayloadOpensAsItWasSealed) {
  for (uintptr_t address : addresses_) {
    const BlockSeal seal = SealAt(address);
    for (uint32_t slot = 0; slot < kSlotsInUse; ++slot) {
      for (Origin origin : {Origin::kMalloc, Origin::kNew, Origin::kNewArray}) {
        const uint64_t payload = MakePayload(slot, origin);
        const BlockSeal::Live opened = seal.OpenLive(seal.SealLive(payload));
        ASSERT_TRUE(opened.ok);
        ASSERT_EQ(opened.payload, payload);
      }
    }
  }
}

TEST_P(BlockHeaderTest, EveryLinkOpensAsItWasSealed) {
  for (uintptr_t address : addresses_) {
    const BlockSeal seal = SealAt(address);
    for (uintptr_t next : addresses_) {
      const BlockSeal::Free opened =
          seal.OpenFree(seal.SealFree(Address(next)));
      ASSERT_TRUE(opened.ok);
      ASSERT_EQ(opened.next, Address(next));
    }
    const BlockSeal::Free last = seal.OpenFree(seal.SealFree(nullptr));
    EXPECT_TRUE(last.ok);
    EXPECT_EQ(last.next, nullptr);
  }
}

TEST_P(BlockHeaderTest, NoCorruptedBitOrByteOfALiveWordOpens) {
  for (uintptr_t address : addresses_) {
    const BlockSeal seal = SealAt(address);
    const uint64_t word = seal.SealLive(RandomPayload());
    for (int bit = 0; bit < 64; ++bit) {
      EXPECT_FALSE(seal.OpenLive(word ^ uint64_t{1} << bit).ok) << bit;
    }
    for (int byte = 0; byte < 8; ++byte) {
      for (uint64_t change = 1; change < 256; ++change) {
        EXPECT_FALSE(seal.OpenLive(word ^ change << 8 * byte).ok) << byte;
      }
    }
  }
}

TEST_P(BlockHeaderTest, CorruptedBitsAndBytesOfAFreeWordOpenByChanceOnly) {
  int tries = 0;
  int opened = 0;
  for (int i = 0; i < 400; ++i) {
    const uintptr_t address = RandomBlock();
    const BlockSeal seal = SealAt(address);
    const uint64_t word = seal.SealFree(Address(RandomBlock()));
    for (int bit = 0; bit < 64; ++bit) {
      const bool ok = seal.OpenFree(word ^ uint64_t{1} << bit).ok;
      // A changed check is certain to be noticed, a changed link by chance.
      if (bit < 64 - (kAddressBits - 4)) {
        EXPECT_FALSE(ok) << bit;
      }
      ++tries;
      opened += ok;
    }
    for (int byte = 0; byte < 8; ++byte) {
      for (uint64_t change = 1; change < 256; ++change) {
        ++tries;
        opened += seal.OpenFree(word ^ change << 8 * byte).ok;
      }
    }
  }
  EXPECT_LE(opened, MostByChance(tries, kFreeChance));
}

TEST_P(BlockHeaderTest, AWordIsWorthlessAtAnyOtherAddress) {
  int tries = 0;
  int opened = 0;
  for (int i = 0; i < 20000; ++i) {
    const uintptr_t address = RandomBlock();
    const uint64_t live = SealAt(address).SealLive(RandomPayload());
    const uint64_t free = SealAt(address).SealFree(Address(RandomBlock()));
    for (uintptr_t other : {address + 16, address - 16, address ^ 4096,
                            address ^ (uintptr_t{1} << 40), RandomBlock()}) {
      EXPECT_FALSE(SealAt(other).OpenLive(live).ok);
      ++tries;
      opened += SealAt(other).OpenFree(free).ok;
    }
  }
  EXPECT_LE(opened, MostByChance(tries, kFreeChance));
}

TEST_P(BlockHeaderTest, AWordIsWorthlessUnderOtherKeys) {
  int opened = 0;
  for (int i = 0; i < 20000; ++i) {
    const SealKeys other = MakeSealKeys({random_(), random_(), random_()});
    const void* block = Address(RandomBlock());
    const uint64_t live = BlockSeal(other, block).SealLive(RandomPayload());
    const uint64_t free = BlockSeal(other, block).SealFree(nullptr);
    EXPECT_FALSE(BlockSeal(keys_, block).OpenLive(live).ok);
    opened += BlockSeal(keys_, block).OpenFree(free).ok;
  }
  EXPECT_LE(opened, MostByChance(20000, kFreeChance));
}

TEST_P(BlockHeaderTest, LiveAndFreeAreNeverTakenForEachOther) {
  int live_opened_as_free = 0;
  for (int i = 0; i < 100000; ++i) {
    const BlockSeal seal = SealAt(RandomBlock());
    const uint64_t free = seal.SealFree(Address(RandomBlock()));
    EXPECT_FALSE(seal.OpenLive(free).ok);
    const uint64_t payload = RandomPayload();
    const bool ok = seal.OpenFree(seal.SealLive(payload)).ok;
    // Only kNew's low bits are those of a free word.
    if (OriginOf(payload) != Origin::kNew) {
      EXPECT_FALSE(ok);
    }
    live_opened_as_free += ok;
  }
  EXPECT_LE(live_opened_as_free, MostByChance(100000 / 3.0, kFreeChance));
}

TEST_P(BlockHeaderTest, ZerosAndOnesAreNobodys) {
  for (int i = 0; i < 100000; ++i) {
    const BlockSeal seal = SealAt(RandomBlock());
    EXPECT_FALSE(seal.OpenFree(0).ok);
    EXPECT_FALSE(seal.OpenFree(~uint64_t{0}).ok);
    EXPECT_FALSE(seal.OpenLive(0).ok);
    EXPECT_FALSE(seal.OpenLive(~uint64_t{0}).ok);
  }
  // Whatever the check says, the payload is no block's.
  EXPECT_FALSE(IsClassSlot(SlotOf(0)));
  EXPECT_GE(SlotOf(0xffff), kSlotsInUse);
}

TEST(BlockHeaderStartTest, NoZerosOpenBeforeTheKeysAreMade) {
  const SealKeys keys;
  for (uintptr_t block = 16; block < 1000000; block += 16) {
    const BlockSeal seal(keys, reinterpret_cast<void*>(block));
    ASSERT_FALSE(seal.OpenFree(0).ok);
  }
}

TEST_P(BlockHeaderTest, RandomWordsOpenByChanceOnly) {
  constexpr int kTries = 2000000;
  int free = 0;
  for (int i = 0; i < kTries; ++i) {
    const BlockSeal seal = SealAt(RandomBlock());
    const uint64_t word = random_();
    ASSERT_FALSE(seal.OpenLive(word).ok);
    free += seal.OpenFree(word).ok;
  }
  // A quarter of the words has the two low bits of a free one.
  EXPECT_LE(free, MostByChance(kTries / 4.0, kFreeChance));
}

// Enough guesses that one bit of check fewer, or one more, would show.
TEST(BlockHeaderChanceTest, AFreeWordHas19BitsOfCheck) {
  constexpr double kTries = 200.0 / kFreeChance;
  std::mt19937_64 random(99);
  const SealKeys keys = MakeSealKeys({random(), random(), random()});
  int opened = 0;
  for (int i = 0; i < kTries; ++i) {
    const uintptr_t block = random() >> (64 - kAddressBits) & ~uintptr_t{15};
    const BlockSeal seal(keys, Address(block));
    opened += seal.OpenFree((random() & ~uint64_t{3}) | 1).ok;
  }
  EXPECT_NEAR(opened, 200, 7 * std::sqrt(200));
}

TEST_P(BlockHeaderTest, EveryBitOfTheAddressCounts) {
  int tries = 0;
  int opened = 0;
  for (int i = 0; i < 2000; ++i) {
    const uintptr_t address = RandomBlock();
    const uint64_t live = SealAt(address).SealLive(RandomPayload());
    const uint64_t free = SealAt(address).SealFree(Address(RandomBlock()));
    for (int bit = 4; bit < kAddressBits; ++bit) {
      const BlockSeal other = SealAt(address ^ uintptr_t{1} << bit);
      EXPECT_FALSE(other.OpenLive(live).ok) << bit;
      ++tries;
      opened += other.OpenFree(free).ok;
    }
  }
  EXPECT_LE(opened, MostByChance(tries, kFreeChance));
}

INSTANTIATE_TEST_SUITE_P(Keys, BlockHeaderTest, ::testing::Range(1u, 6u));

}  // namespace
}  // namespace headroom
