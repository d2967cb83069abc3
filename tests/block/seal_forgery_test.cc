// Forged headers by the million: none opens, under strong keys and weak ones.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <random>

#include "allocator/base/wide_multiply.h"
#include "allocator/block/block_header.h"
#include "gtest/gtest.h"
#include "tests/block/forger.h"
#include "tests/block/test_keys.h"

namespace headroom {
namespace {

struct Seal {
  SealKeys keys;

  uint64_t Word(uint32_t state, uint64_t address, uint64_t payload) const {
    const uint64_t* const of_state[] = {&keys.live(), &keys.free(),
                                        &keys.in_span(), &keys.quarantined()};
    return BlockSeal(keys, reinterpret_cast<const void*>(address))
        .Seal(*of_state[state], PayloadOf(payload));
  }
};

template <typename Scheme>
void Report(const char* name, const Forger<Scheme>& forger) {
  for (const auto& [family, count] : forger.counts()) {
    std::printf("%s, %s: %llu of %llu opened\n", name, family.c_str(),
                static_cast<unsigned long long>(count.opened),
                static_cast<unsigned long long>(count.tried));
  }
}

class SealForgeryTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(SealForgeryTest, NoForgeryOpens) {
  Forger<Seal> forger({TestKeys(GetParam())}, GetParam());
  forger.ForgeBlindly(80);
  forger.ForgeByArithmetic(10000);
  Report("random keys", forger);
  EXPECT_EQ(forger.opened(), 0u);
}
INSTANTIATE_TEST_SUITE_P(Keys, SealForgeryTest,
                         ::testing::Range(uint64_t{1}, uint64_t{7}));

// A key that is weak by chance, beside others that are not.
TEST(WeakKeysTest, NoBlindForgeryOpens) {
  for (const uint64_t weak : {uint64_t{1}, ~uint64_t{0}, uint64_t{3},
                              uint64_t{1} << 63 | 1, uint64_t{0xffffffff}}) {
    SealKeys keys = TestKeys(weak);
    keys.address = weak;
    Forger<Seal> by_address({keys}, weak);
    by_address.ForgeBlindly(5);
    Report("weak address key", by_address);
    EXPECT_EQ(by_address.opened(), 0u) << weak;
    keys = TestKeys(weak);
    for (size_t i = 0; i < SealKeys::kPayloads; ++i) {
      // Weak, but not the same for all.
      const uint64_t own = weak ^ i << 3;
      keys.hot[i] = {own, own ^ 2, own, own ^ 2};
      keys.cold[i] = {own ^ 4, own ^ 6, {}};
    }
    FinishSealKeys(keys, /*hits_allowed=*/true);
    Forger<Seal> by_state({keys}, weak);
    by_state.ForgeBlindly(5);
    Report("weak state keys", by_state);
    EXPECT_EQ(by_state.opened(), 0u) << weak;
  }
}

// What the forger is worth: it breaks seals that look as good.

struct CrcSeal {
  uint64_t Word(uint32_t state, uint64_t address, uint64_t payload) const {
    uint64_t crc = 0x123456789abcdef + state * 0x9e3779b97f4a7c15;
    for (const uint64_t input : {address, payload}) {
      crc ^= input;
      for (int i = 0; i < 64; ++i) {
        crc = crc >> 1 ^ (crc & 1) * 0xc96c5795d7870f42;
      }
    }
    return crc << kPayloadBits | payload;
  }
};

// (payload ^ key) * (address * key), the halves put together by `fold`.
struct Product {
  uint64_t low, high;
  Product(const SealKeys& keys, uint32_t state, uint64_t address,
          uint64_t payload) {
    const uint64_t key = keys.live() + state * keys.free();
    const auto product = static_cast<unsigned __int128>(payload ^ key) *
                         (address * keys.address);
    low = static_cast<uint64_t>(product);
    high = static_cast<uint64_t>(product >> 64);
  }
};

// Linear modulo 2^64 - 4.
struct SumSeal {
  SealKeys keys;
  uint64_t Word(uint32_t state, uint64_t address, uint64_t payload) const {
    const Product product(keys, state, address, payload);
    return WithLow16(product.low + 4 * product.high, payload);
  }
};

// No sum, but twice the factor is the word shifted, and a payload's low bits
// hardly change the high half.
struct HalvesSeal {
  SealKeys keys;
  uint64_t Word(uint32_t state, uint64_t address, uint64_t payload) const {
    const Product product(keys, state, address, payload);
    return WithLow16(product.low ^ product.high, payload);
  }
};

TEST(ForgerTest, BreaksLinearSeals) {
  Forger<CrcSeal> crc({}, 1);
  crc.ForgeByArithmetic(1);
  EXPECT_GT(crc.opened("blocks at equal distances"), 0u);
  EXPECT_GT(crc.opened("two to five of any"), 0u);

  Forger<SumSeal> sum({TestKeys(1)}, 1);
  sum.ForgeByArithmetic(100);
  Report("low + 4 high", sum);
  EXPECT_GT(sum.opened("blocks at equal distances"), 0u);
  EXPECT_GT(sum.opened("payloads of one address"), 0u);

  Forger<HalvesSeal> halves({TestKeys(1)}, 1);
  halves.ForgeByArithmetic(300);
  Report("payload in one factor", halves);
  EXPECT_GT(halves.opened("payloads of one address"), 0u);
  EXPECT_GT(halves.opened("shifts and turns"), 0u);
}

// Each bit of the check is set as often as not, over addresses and payloads.
TEST(SealBiasTest, EveryBitIsEven) {
  constexpr uint64_t kWords = 1 << 22;
  const Seal seal{TestKeys(5)};
  uint64_t set[64] = {};
  for (uint64_t i = 0; i < kWords; ++i) {
    const uint64_t address = 0x7f0000000010 + 16 * i;
    const uint64_t word = seal.Word(i % 4, address, PayloadOfSlot(1 + i % 96));
    for (int bit = kPayloadBits; bit < 64; ++bit) set[bit] += word >> bit & 1;
  }
  double worst = 0;
  for (int bit = kPayloadBits; bit < 64; ++bit) {
    const double bias = static_cast<double>(set[bit]) / kWords - 0.5;
    worst = std::max(worst, bias < 0 ? -bias : bias);
  }
  std::printf("worst bias: %.5f\n", worst);
  EXPECT_LT(worst, 0.005);
}

}  // namespace
}  // namespace headroom
