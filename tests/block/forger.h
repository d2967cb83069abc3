// Whoever forges headers: knows many genuine ones and their addresses, not the
// keys.
//
// Role: makes words of what it knows, family by family, and counts those that
//   open. Works on any seal, so that a test can show that it breaks weak ones.
// A Scheme has `uint64_t Word(uint32_t state, uint64_t address, uint64_t
//   payload) const`, state < kStates; a word opens when it is that of its own
//   low 16 bits.
#ifndef HEADROOM_TESTS_BLOCK_FORGER_H_
#define HEADROOM_TESTS_BLOCK_FORGER_H_

#include <bit>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "allocator/block/block_payload.h"

namespace headroom {

template <typename Scheme>
class Forger {
 public:
  static constexpr uint32_t kStates = 4;
  struct Count {
    uint64_t tried = 0;
    uint64_t opened = 0;
  };
  using Counts = std::map<std::string, Count>;

  Forger(const Scheme& scheme, uint64_t seed) : scheme_(scheme), random_(seed) {
    // Where heaps lie: with and without position-independent programs.
    for (const uint64_t span :
         {uint64_t{0x1c40000}, 0x555555560000 + Below(1 << 24) * 65536,
          0x7f0000000000 + Below(1 << 20) * 65536}) {
      spans_.push_back(span);
    }
  }

  const Counts& counts() const { return counts_; }
  uint64_t opened() const {
    uint64_t sum = 0;
    for (const auto& [family, count] : counts_) sum += count.opened;
    return sum;
  }
  uint64_t opened(const std::string& family) { return counts_[family].opened; }

  // Without any arithmetic on what is known.
  void ForgeBlindly(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const Header known = Random();
      FlipBits(known);
      for (int k = 0; k < 100; ++k) {
        Replay(Random());
        Constants(Random());
        Splice(Random(), Random());
      }
    }
  }
  // With sums, differences and shifts of what is known.
  void ForgeByArithmetic(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      CombineAddresses();
      CombinePayloads();
      CombineAny();
      Shift(Random());
    }
  }

 private:
  struct Header {
    uint32_t state;
    uint64_t address;
    uint64_t payload;
    uint64_t word;
  };

  uint64_t Below(uint64_t limit) { return random_() % limit; }
  uint64_t RandomPayload() { return PayloadOfSlot(1 + Below(kSlotsInUse - 1)); }
  Header Known(uint32_t state, uint64_t address, uint64_t payload) const {
    return {state, address, payload, scheme_.Word(state, address, payload)};
  }
  Header Random() {
    return Known(static_cast<uint32_t>(Below(kStates)),
                 spans_[Below(spans_.size())] + 16 + 16 * Below(1 << 16),
                 RandomPayload());
  }

  void Try(uint32_t state, uint64_t address, uint64_t word) {
    ++count_->tried;
    if (scheme_.Word(state, address, PayloadOf(word)) == word) {
      ++count_->opened;
    }
  }
  void TryCheck(uint32_t state, uint64_t address, uint64_t check,
                uint64_t payload) {
    Try(state, address, check << kPayloadBits | payload);
  }
  void TryAllStates(uint64_t address, uint64_t word) {
    for (uint32_t state = 0; state < kStates; ++state) {
      Try(state, address, word);
    }
  }
  void Begin(const char* family) { count_ = &counts_[family]; }

  void FlipBits(const Header& known) {
    Begin("flipped bits");
    const auto flip = [&](uint64_t change) {
      if (change != 0) Try(known.state, known.address, known.word ^ change);
    };
    for (int i = 0; i < 64; ++i) {
      for (int j = i; j < 64; ++j) {
        for (int k = j; k < 64; ++k) {
          flip(uint64_t{1} << i ^ uint64_t{1} << j ^ uint64_t{1} << k);
        }
      }
    }
    for (int lane = 0; lane < 64; lane += 8) {
      for (uint64_t value = 1; value < 1 << 16; ++value) flip(value << lane);
    }
    for (int i = 0; i < 1 << 16; ++i) {
      flip(random_() >> 32);
      flip(random_() << 32);
    }
  }

  void Replay(const Header& known) {
    Begin("replay");
    for (uint32_t state = 0; state < kStates; ++state) {
      if (state != known.state) Try(state, known.address, known.word);
    }
    for (uint64_t i = 1; i <= 64; ++i) {
      for (const uint64_t step : {uint64_t{16}, uint64_t{80}, uint64_t{4096},
                                  uint64_t{65536}, uint64_t{1} << 21}) {
        TryAllStates(known.address + i * step, known.word);
        TryAllStates(known.address - i * step, known.word);
      }
    }
    for (int bit = 0; bit < 64; ++bit) {
      TryAllStates(known.address ^ uint64_t{1} << bit, known.word);
      TryAllStates(known.address ^ ~uint64_t{0} << bit, known.word);
    }
    // As another payload's, too.
    for (uint32_t slot = 0; slot < kSlotCount; ++slot) {
      const uint64_t payload = PayloadOfSlot(slot);
      const uint64_t check = known.word >> kPayloadBits;
      TryCheck(known.state, known.address + 16, check, payload);
      if (payload != known.payload) {
        TryCheck(known.state, known.address, check, payload);
      }
    }
  }

  void Splice(const Header& a, const Header& b) {
    Begin("splices");
    for (int cut = 1; cut < 64; ++cut) {
      const uint64_t low = (uint64_t{1} << cut) - 1;
      const uint64_t spliced = (a.word & ~low) | (b.word & low);
      if (spliced != a.word) Try(a.state, a.address, spliced);
      if (spliced != b.word) Try(b.state, b.address, spliced);
    }
  }

  void Constants(const Header& known) {
    Begin("constants");
    const uint64_t a = known.address;
    for (const uint64_t word : {uint64_t{0}, ~uint64_t{0}, a, a - 8, a + 16,
                                a ^ known.payload, ~a, std::rotl(a, 16)}) {
      TryAllStates(a, word);
    }
    for (int i = 0; i < 64; ++i) {
      TryAllStates(a, Below(1 << 16));
      TryAllStates(a, Below(256) * 0x0101010101010101);
      TryAllStates(a, spans_[Below(spans_.size())] + Below(1 << 24));
      uint64_t text = 0;
      for (int k = 0; k < 8; ++k) text = text << 8 | (32 + Below(95));
      TryAllStates(a, text);
      TryAllStates(a, random_());
    }
  }

  // Whole words and checks, as sums and without carries.
  void Combine(const Header& a, const Header& b, const Header& c,
               uint64_t address, uint64_t payload) {
    Try(a.state, address, a.word + b.word - c.word);
    const uint64_t check = (a.word >> kPayloadBits) + (b.word >> kPayloadBits) -
                           (c.word >> kPayloadBits);
    for (const uint64_t carry : {0, 1, -1}) {
      TryCheck(a.state, address, check + carry, payload);
    }
    const uint64_t bits = a.word ^ b.word ^ c.word;
    TryCheck(a.state, address, bits >> kPayloadBits, payload);
  }

  // Blocks of a span at equal distances.
  void CombineAddresses() {
    Begin("blocks at equal distances");
    const auto size_class = static_cast<SizeClass>(Below(kSizeClassCount));
    const uint64_t stride = StrideOf(size_class);
    const uint64_t payload =
        Below(2) == 0 ? PayloadOfClass(size_class) : RandomPayload();
    const auto state = static_cast<uint32_t>(Below(kStates));
    const uint64_t first = spans_[Below(spans_.size())] + 16;
    const auto at = [&](uint64_t i) {
      return Known(state, first + i * stride, payload);
    };
    for (int i = 0; i < 32; ++i) {
      const uint64_t x = Below(64);
      const uint64_t y = x + 1 + Below(64);
      const uint64_t z = y + Below(64);
      const Header a = at(x), b = at(y), c = at(z);
      Combine(b, c, a, first + (y + z - x) * stride, payload);
      Combine(b, b, a, first + (2 * y - x) * stride, payload);
      const uint64_t step = (b.word >> kPayloadBits) - (a.word >> kPayloadBits);
      for (uint64_t k = 2; k < 16; ++k) {
        TryCheck(state, first + (x + k * (y - x)) * stride,
                 (a.word >> kPayloadBits) + k * step, payload);
        Try(state, first + (x + k * (y - x)) * stride,
            a.word + k * (b.word - a.word));
      }
      // Two classes at two addresses.
      const uint64_t other = payload ^ PayloadOfSlot(1);
      Combine(b, Known(state, a.address, other), a, b.address, other);
    }
  }

  // What one address said at different times.
  void CombinePayloads() {
    Begin("payloads of one address");
    const Header known = Random();
    const auto at = [&](uint64_t payload) {
      return Known(known.state, known.address, payload);
    };
    for (int i = 0; i < 32; ++i) {
      const uint64_t p = RandomPayload(), q = RandomPayload(),
                     r = RandomPayload();
      if (p == q || q == r || p == r) continue;
      for (const uint64_t target : {(p + q - r) & 0xffff, p ^ q ^ r}) {
        Combine(at(p), at(q), at(r), known.address, target);
      }
      Combine(at(p), at(p), at(q), known.address, (2 * p - q) & 0xffff);
    }
  }

  void CombineAny() {
    Begin("two to five of any");
    for (int i = 0; i < 32; ++i) {
      const Header a = Random(), b = Random(), c = Random(), d = Random(),
                   e = Random();
      for (const uint64_t address : {a.address ^ b.address, a.address + 16,
                                     (a.address + b.address) / 32 * 16}) {
        TryAllStates(address, a.word ^ b.word);
        TryAllStates(address, a.word + b.word);
        TryAllStates(address, a.word - b.word);
      }
      Combine(a, b, c, a.address + b.address - c.address, a.payload);
      Combine(a, b, c, a.address ^ b.address ^ c.address,
              a.payload ^ b.payload ^ c.payload);
      const uint64_t all = a.word ^ b.word ^ c.word ^ d.word ^ e.word;
      TryAllStates(a.address ^ b.address ^ c.address ^ d.address ^ e.address,
                   all);
      TryAllStates(a.address + b.address + c.address - d.address - e.address,
                   a.word + b.word + c.word - d.word - e.word);
      TryAllStates(a.address, all);
    }
  }

  void Shift(const Header& known) {
    Begin("shifts and turns");
    const uint64_t a = known.address;
    const uint64_t check = known.word >> kPayloadBits;
    for (int by = 1; by < 64; ++by) {
      TryAllStates(a, std::rotl(known.word, by));
      TryAllStates(a + 16, std::rotl(known.word, by));
    }
    for (const uint64_t word :
         {~known.word, -known.word, __builtin_bswap64(known.word)}) {
      TryAllStates(a, word);
    }
    // Twice, thrice the address or the payload, and so on; all bits that are
    // shifted in are guessed.
    for (uint64_t factor = 2; factor < 9; ++factor) {
      for (uint64_t guess = 0; guess < factor; ++guess) {
        const uint64_t multiple = check * factor + guess;
        TryCheck(known.state, a * factor, multiple, known.payload);
        TryCheck(known.state, a * factor, multiple,
                 known.payload * factor & 0xffff);
        TryCheck(known.state, a, multiple, known.payload * factor & 0xffff);
        if (a % factor == 0 && a / factor % 16 == 0) {
          TryCheck(known.state, a / factor,
                   check / factor + (guess << 48) / factor, known.payload);
        }
      }
    }
  }

  const Scheme scheme_;
  std::mt19937_64 random_;
  std::vector<uint64_t> spans_;
  Counts counts_;
  Count* count_ = nullptr;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_BLOCK_FORGER_H_
