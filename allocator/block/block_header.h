// The sealed header: the one 64-bit word in front of every block.
//
//   live: | keyed check, 48 bits                     | payload, 16 bits  |
//   free: | link to the next free block, 43 bits | keyed check, 19 | 0 1 |
//
// Role: the only file that knows these bits. A word opens only at the address
//   it was sealed for and only in its own state.
// Takes from: base. Gives to: everyone above; pure values, no shared state.
// Invariant: Open(a, Seal(a, x)) == x; Open of anything else fails, but for
//   one word in 2^48 (live) or 2^19 (free). As free, 0 and ~0 never open; as
//   live, they say payload 0 and 0xffff, which are nobody's.
#ifndef HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_
#define HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_

#include <cstdint>

#include "allocator/base/units.h"
#include "allocator/base/wide_multiply.h"

namespace headroom {

// Secrets of the process. Made once, then read-only. The low bits of the
// defaults matter: until the keys are made, nothing must open.
struct SealKeys {
  uint64_t address = 1;
  uint64_t payload = 0;
  uint64_t link = 1;
};

// Keys from random ones. The two low bits of `address` and `link` are 01:
// blocks are aligned to 16, so both factors of a link's product are 1 modulo
// 4, and so is the product. That is the 0 1 above, at no cost.
inline constexpr SealKeys MakeSealKeys(SealKeys random) {
  return {(random.address & ~uint64_t{3}) | 1, random.payload,
          (random.link & ~uint64_t{3}) | 1};
}

// Looked for in front of any pointer that a caller claims to be a block, so it
// may be misaligned, and other types' memory.
using HeaderWord [[gnu::aligned(1), gnu::may_alias]] = uint64_t;

// The word that stands in front of the block's payload.
inline HeaderWord& HeaderOf(void* block) {
  return static_cast<HeaderWord*>(block)[-1];
}
inline uint64_t HeaderOf(const void* block) {
  return static_cast<const HeaderWord*>(block)[-1];
}

// Opens and seals the words of one block. A value; costs nothing to make.
class BlockSeal {
 public:
  struct Live {
    bool ok;           // is this a live block, at exactly this address?
    uint64_t payload;  // meaningless unless ok
  };
  struct Free {
    bool ok;     // is this a free block, at exactly this address?
    void* next;  // meaningless unless ok
  };

  BlockSeal(const SealKeys& keys, const void* block)
      : keys_(keys),
        factor_(reinterpret_cast<uintptr_t>(block) ^ keys.address) {}

  uint64_t SealLive(uint64_t payload) const {
    return (Mix(payload ^ keys_.payload) & ~kPayloadMask) | payload;
  }
  Live OpenLive(uint64_t word) const {
    const uint64_t payload = word & kPayloadMask;
    const uint64_t difference = Mix(payload ^ keys_.payload) ^ word;
    return {difference >> kPayloadBits == 0, payload};
  }

  // What follows at a list's end: see free_list.h.
  uint64_t SealFree(const void* next) const {
    const auto link = reinterpret_cast<uintptr_t>(next);
    return (Mix(link ^ keys_.link) & kLinkCheckMask) | link << kLinkShift;
  }
  Free OpenFree(uint64_t word) const {
    const uintptr_t link = (word >> kLinkCheckBits) * kBlockAlignment;
    const uint64_t difference = Mix(link ^ keys_.link) ^ word;
    return {(difference & kLinkCheckMask) == 0, reinterpret_cast<void*>(link)};
  }

 private:
  static constexpr int kPayloadBits = 16;
  static constexpr uint64_t kPayloadMask = (1u << kPayloadBits) - 1;
  static constexpr int kLinkCheckBits = 64 - (kAddressBits - 4);
  static constexpr int kLinkShift = kLinkCheckBits - 4;
  static constexpr uint64_t kLinkCheckMask =
      (uint64_t{1} << kLinkCheckBits) - 1;

  // Multiply and fold: not linear in either argument. The low two bits are
  // those of the product, see MakeSealKeys.
  uint64_t Mix(uint64_t factor) const {
    const WideProduct product = WideMultiply(factor, factor_);
    return product.low + 4 * product.high;
  }

  const SealKeys& keys_;
  const uint64_t factor_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_
