#include "allocator/block/block_header.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/block/block_payload.h"
#include "gtest/gtest.h"
#include "tests/block/test_keys.h"

// What forgeries are worth: see seal_forgery_test.cc.
namespace headroom {
namespace {

const void* Address(uintptr_t a) { return reinterpret_cast<const void*>(a); }

class BlockHeaderTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  BlockHeaderTest() : random_(GetParam()), keys_(TestKeys(GetParam())) {
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
    return PayloadOfSlot(1 + random_() % (kSlotsInUse - 1));
  }
  std::vector<const uint64_t*> States() const {
    return {&keys_.live(), &keys_.free(), &keys_.in_span(),
            &keys_.quarantined()};
  }
  BlockSeal SealAt(uintptr_t address) const {
    return BlockSeal(keys_, Address(address));
  }

  std::mt19937_64 random_;
  const SealKeys keys_;
  std::vector<uintptr_t> addresses_;
};

TEST_P(BlockHeaderTest, EveryPayloadOpensAsItWasSealed) {
  for (uintptr_t address : addresses_) {
    const BlockSeal seal = SealAt(address);
    for (uint64_t payload = 0; payload <= kPayloadMask;
         payload += SealKeys::kPayloadStep) {
      for (const uint64_t* state : States()) {
        const uint64_t word = seal.Seal(*state, payload);
        ASSERT_EQ(PayloadOf(word), payload);
        ASSERT_TRUE(seal.Is(*state, payload, word));
        ASSERT_TRUE(seal.Is(*state, word));
      }
    }
  }
}

TEST_P(BlockHeaderTest, NoStateIsTakenForAnother) {
  for (int i = 0; i < 100000; ++i) {
    const BlockSeal seal = SealAt(RandomBlock());
    const uint64_t payload = RandomPayload();
    for (const uint64_t* state : States()) {
      const uint64_t word = seal.Seal(*state, payload);
      for (const uint64_t* other : States()) {
        ASSERT_EQ(seal.Is(*other, word), other == state);
      }
    }
  }
}

TEST_P(BlockHeaderTest, NoPayloadIsTakenForAnother) {
  const BlockSeal seal = SealAt(RandomBlock());
  std::set<uint64_t> checks;
  for (uint64_t payload = 0; payload <= kPayloadMask;
       payload += SealKeys::kPayloadStep) {
    const uint64_t word = seal.Seal(keys_.live(), payload);
    EXPECT_TRUE(checks.insert(word >> kPayloadBits).second) << payload;
  }
}

TEST_P(BlockHeaderTest, ALiveWordReadInPartsIsTheWholeWord) {
  alignas(16) uint64_t memory[4] = {};
  void* block = memory + 2;
  const BlockSeal seal(keys_, block);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t payload = RandomPayload();
    seal.WriteLive(keys_.live(), payload, block);
    ASSERT_EQ(HeaderOf(block), seal.Seal(keys_.live(), payload));
    ASSERT_EQ(BlockSeal::ReadPayload(block), payload);
    ASSERT_TRUE(seal.IsInParts(keys_.live(), payload, block));
    ASSERT_FALSE(seal.IsInParts(keys_.free(), payload, block));
    // Each bit of the check counts.
    for (int bit = kPayloadBits; bit < 64; ++bit) {
      HeaderOf(block) ^= uint64_t{1} << bit;
      ASSERT_FALSE(seal.IsInParts(keys_.live(), payload, block)) << bit;
      HeaderOf(block) ^= uint64_t{1} << bit;
    }
  }
}

TEST_P(BlockHeaderTest, AWordIsWorthlessUnderOtherKeys) {
  for (uint64_t i = 0; i < 500; ++i) {
    const SealKeys other = TestKeys(1000 + i);
    const void* block = Address(RandomBlock());
    const uint64_t payload = RandomPayload();
    const uint64_t live = BlockSeal(other, block).Seal(other.live(), payload);
    EXPECT_FALSE(BlockSeal(keys_, block).Is(keys_.live(), live));
    // One strange key is enough.
    SealKeys mixed = keys_;
    mixed.address = other.address;
    EXPECT_FALSE(BlockSeal(keys_, block)
                     .Is(keys_.live(),
                         BlockSeal(mixed, block).Seal(mixed.live(), payload)));
  }
}

TEST_P(BlockHeaderTest, ZerosAndOnesAreNobodys) {
  for (int i = 0; i < 100000; ++i) {
    const BlockSeal seal = SealAt(RandomBlock());
    for (const uint64_t* state : States()) {
      EXPECT_FALSE(seal.Is(*state, 0));
      EXPECT_FALSE(seal.Is(*state, ~uint64_t{0}));
    }
  }
  // Whatever the check says, the payload is no block's.
  EXPECT_FALSE(IsClassSlot(SlotOf(0)));
  EXPECT_GE(SlotOf(0xffff), kSlotsInUse);
  // Its low half alone would be one.
  EXPECT_EQ(SlotOf((uint64_t{1} << (32 + kSlotShift)) + PayloadOfSlot(1)),
            kSlotCount);
}

TEST_P(BlockHeaderTest, RandomWordsDoNotOpen) {
  for (int i = 0; i < 2000000; ++i) {
    const uint64_t word = random_();
    ASSERT_FALSE(SealAt(RandomBlock()).Is(keys_.live(), word));
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, BlockHeaderTest, ::testing::Range(1u, 6u));

TEST(SealKeysTest, NoHitOpensWhereNoneIsAllowed) {
  const SealKeys open = TestKeys(1, /*hits_allowed=*/true);
  for (const SealKeys::Hot& key : open.hot) {
    EXPECT_EQ(key.hit_live, key.live);
    EXPECT_EQ(key.hit_free, key.free);
  }
  const SealKeys closed = TestKeys(1, /*hits_allowed=*/false);
  for (uintptr_t block = 16; block < 1000000; block += 16) {
    const BlockSeal seal(closed, Address(block));
    const uint64_t payload = PayloadOfClass(block / 16 % kSizeClassCount);
    const uint64_t words[] = {seal.Seal(closed.live(), payload),
                              seal.Seal(closed.free(), payload), payload};
    for (const uint64_t word : words) {
      ASSERT_FALSE(seal.Is(closed.hit_live(), word));
      ASSERT_FALSE(seal.Is(closed.hit_free(), word));
    }
  }
}

TEST(SealKeysTest, KeysUnderWhichAllChecksAreAlikeAreNoKeys) {
  for (const int byte : {0, 0xff}) {
    SealKeys keys;
    memset(static_cast<void*>(&keys), byte, sizeof(keys));
    FinishSealKeys(keys, /*hits_allowed=*/true);
    const BlockSeal a(keys, Address(0x7f0000000010));
    const BlockSeal b(keys, Address(0x7f1234567890));
    for (const uint64_t* state :
         {&keys.live(), &keys.free(), &keys.in_span(), &keys.quarantined()}) {
      EXPECT_NE(a.Seal(*state, 64), b.Seal(*state, 64));
    }
  }
}

TEST(BlockPayloadTest, SlotsAndPayloadsAreOneToOne) {
  std::set<uint32_t> slots;
  for (uint64_t payload = 0; payload < 1 << kPayloadBits; ++payload) {
    const uint32_t slot = SlotOf(payload);
    if (slot >= kSlotCount) continue;
    EXPECT_EQ(PayloadOfSlot(slot), payload);
    EXPECT_TRUE(slots.insert(slot).second);
  }
  EXPECT_EQ(slots.size(), kSlotCount);
  EXPECT_FALSE(IsClassSlot(0));
  EXPECT_FALSE(IsClassSlot(kLargeSlot));
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    EXPECT_TRUE(IsClassSlot(SlotOfClass(size_class)));
    EXPECT_EQ(ClassOfSlot(SlotOfClass(size_class)), size_class);
  }
}

TEST(BlockPayloadTest, TheTableAgreesWithTheClasses) {
  for (size_t bytes = 0; bytes <= kMaxSmallBytes; ++bytes) {
    ASSERT_EQ(PayloadFor(bytes), PayloadOfClass(SizeClassFor(bytes)));
  }
}

}  // namespace
}  // namespace headroom
