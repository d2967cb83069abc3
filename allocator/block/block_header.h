// The sealed header: the one 64-bit word in front of every block.
//
//   | keyed check, 48 bits                     | payload, 16 bits  |
//
// Role: the only file that knows these bits. A word opens only at the address
//   it was sealed for, only in the state it was sealed in, and only with the
//   payload that it shows.
// Takes from: base. Gives to: everyone above; pure values, no shared state.
// Invariant: Is(state, payload, Seal(state, payload)); any other word passes
//   with a chance of 2^-48. The payload stands in the word as it is, and no
//   block's is 0 or 0xffff: so words of zeros or ones never pass as free, and
//   as live they say what is nobody's.
#ifndef HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_
#define HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_

#include <cstdint>
#include <initializer_list>

#include "allocator/base/build_mode.h"
#include "allocator/base/memory_checker.h"
#include "allocator/base/registers.h"
#include "allocator/base/units.h"
#include "allocator/base/wide_multiply.h"

namespace headroom {

// Secrets of the process. Made once, then read-only. Each state of each payload
// has a key of its own, so that nothing follows from one for another. Before
// they are made, nothing is live or free that anybody would look at.
struct SealKeys {
  // How far two payloads' keys lie apart: as far as the payloads.
  static constexpr size_t kPayloads = 128;
  static constexpr size_t kPayloadStep = 32;

  struct Hot {
    // What the hit paths know as `live` and `free`. Others than those when
    // every call has to take the slow path: then no hit ever opens.
    uint64_t hit_live;
    uint64_t hit_free;
    uint64_t live;
    uint64_t free;  // in a thread's magazine, or on its way
  };
  struct Cold {
    uint64_t in_span;      // free and back in its span
    uint64_t quarantined;  // freed, but nobody's yet
    uint64_t unused[2];
  };
  static_assert(sizeof(Hot) == kPayloadStep && sizeof(Cold) == kPayloadStep);

  // A state, as BlockSeal takes it: the key of payload 0, the others behind.
  const uint64_t& hit_live() const { return hot[0].hit_live; }
  const uint64_t& hit_free() const { return hot[0].hit_free; }
  const uint64_t& live() const { return hot[0].live; }
  const uint64_t& free() const { return hot[0].free; }
  const uint64_t& in_span() const { return cold[0].in_span; }
  const uint64_t& quarantined() const { return cold[0].quarantined; }

  Hot hot[kPayloads] = {};
  Cold cold[kPayloads] = {};
  uint64_t address = 0;
  uint64_t tail = 0;  // of what stands behind a block's bytes
};

// Makes keys of random bytes.
inline void FinishSealKeys(SealKeys& keys, bool hits_allowed) {
  // Odd: no bit of an address, or of a product, is lost. Never -1: the halves
  // of such a product would be alike.
  constexpr uint64_t kTop = uint64_t{1} << 63;
  auto finish = [](uint64_t& key) { key = (key | 1) & ~kTop; };
  finish(keys.address);
  finish(keys.tail);
  for (SealKeys::Hot& key : keys.hot) {
    for (uint64_t* one : {&key.hit_live, &key.hit_free, &key.live, &key.free}) {
      finish(*one);
    }
    if (!hits_allowed) continue;
    key.hit_live = key.live;
    key.hit_free = key.free;
  }
  for (SealKeys::Cold& key : keys.cold) {
    finish(key.in_span);
    finish(key.quarantined);
  }
}

// The word in front of what a caller claims to be a block, so it may be
// misaligned, and other types' memory. Memory checkers keep others away from
// it.
class HeaderWord {
 public:
  explicit HeaderWord(void* block)
      : at_(static_cast<char*>(block) - kHeaderBytes) {}
  HeaderWord(const HeaderWord&) = default;

  operator uint64_t() const {  // NOLINT(google-explicit-constructor)
    return MemoryChecker::Load<uint64_t>(at_);
  }
  HeaderWord& operator=(uint64_t word) {
    MemoryChecker::Store(at_, word);
    return *this;
  }
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): copies the word
  HeaderWord& operator=(const HeaderWord& other) {
    return *this = static_cast<uint64_t>(other);
  }
  HeaderWord& operator^=(uint64_t bits) { return *this = *this ^ bits; }

  // Of a real block. Atomic: false, when the word is not `from`.
  bool Exchange(uint64_t from, uint64_t to) const {
    return MemoryChecker::CompareExchange(at_, from, to);
  }

 private:
  char* const at_;
};

// The word that stands in front of the block's payload.
inline HeaderWord HeaderOf(void* block) { return HeaderWord(block); }
inline uint64_t HeaderOf(const void* block) {
  return HeaderWord(const_cast<void*>(block));
}

inline constexpr int kPayloadBits = 16;

// A multiple of SealKeys::kPayloadStep, below kPayloads of them.
inline constexpr uint64_t kPayloadMask =
    (SealKeys::kPayloads - 1) * SealKeys::kPayloadStep;

// The payload that `word` shows, whether it is genuine or not.
inline constexpr uint64_t PayloadOf(uint64_t word) {
  return word & kPayloadMask;
}

// Seals and checks the words of one block. A value; costs nothing to make.
class BlockSeal {
  // Of the header, at a byte of it: the payload, the check's low and its high
  // bits stand at 0, 2 and 4.
  template <typename T>
  static T PartOf(const void* block, size_t byte) {
    return MemoryChecker::Load<T>(static_cast<const char*>(block) -
                                  kHeaderBytes + byte);
  }

 public:
  BlockSeal(const SealKeys& keys, const void* block)
      : address_key_(keys.address),
        address_(reinterpret_cast<uintptr_t>(block)) {}

  // The word of a block in `state`, one of the keys' states.
  uint64_t Seal(const uint64_t& state, uint64_t payload) const {
    if constexpr (!kChecked) return payload;
    return WithLow16(Mix(KeyOf(state, payload)), payload);
  }
  bool Is(const uint64_t& state, uint64_t payload, uint64_t word) const {
    return Seal(state, payload) == word;
  }
  // Is `word` one of this state, whatever its payload?
  bool Is(const uint64_t& state, uint64_t word) const {
    return Is(state, PayloadOf(word), word);
  }
  // On the hit paths a live word is written in two stores and read in parts:
  // then free knows the payload, and so the magazine, without waiting for the
  // product that malloc has just begun.
  void WriteLive(const uint64_t& state, uint64_t payload, void* block) const {
    HeaderOf(block) = kChecked ? Mix(KeyOf(state, payload)) : payload;
    MemoryChecker::Store(static_cast<char*>(block) - kHeaderBytes,
                         static_cast<uint16_t>(payload));
  }
  static uint64_t ReadPayload(const void* block) {
    if constexpr (!MemoryChecker::kPresent) return Read16InFront(block);
    return PartOf<uint16_t>(block, 0);
  }
  // Is the word in front of `block`, whose payload is `payload`, of this state?
  bool IsInParts(const uint64_t& state, uint64_t payload,
                 const void* block) const {
    const uint64_t high = PartOf<uint32_t>(block, 4);
    // An instruction's operand in memory, where it may be.
    const uint64_t found =
        MemoryChecker::kPresent
            ? WithLow16(high << kPayloadBits, PartOf<uint16_t>(block, 2))
            : WithLow16(high << kPayloadBits,
                        static_cast<const Unaligned16*>(block)[-3]);
    return Mix(KeyOf(state, payload)) >> kPayloadBits == found;
  }
  // 64 bits that say nothing about the other words.
  uint64_t Mix(const uint64_t& key) const {
    // Plus one, so odd: the product would else be that of twice the address,
    // shifted.
    const WideProduct product =
        WideMultiply((address_ + 1) * address_key_, key);
    // A sum of the halves would be linear modulo 2^64 - 1; their difference
    // without carries is linear in nothing.
    return product.low ^ product.high;
  }

 private:
  static const uint64_t& KeyOf(const uint64_t& state, uint64_t payload) {
    return *reinterpret_cast<const uint64_t*>(
        reinterpret_cast<const char*>(&state) + payload);
  }

  const uint64_t& address_key_;
  const uint64_t address_;
};

// Does `word` say that the seal's block was freed, wherever it is now?
inline bool SaysFreed(const SealKeys& keys, const BlockSeal& seal,
                      uint64_t word) {
  return seal.Is(keys.free(), word) || seal.Is(keys.in_span(), word) ||
         seal.Is(keys.quarantined(), word);
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_
