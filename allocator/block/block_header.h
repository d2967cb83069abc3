// The sealed header: the one 64-bit word in front of every block.
//
//   live: | payload, 14 bits           | keyed check, 48 bits       | 10 |
//   free: | link to the next free block, 43 bits | check, 19 bits   | 01 |
//
// Role: the only file that knows these bits. A word opens only at the address
//   it was sealed for and only in its own state; 0 and ~0 never open.
// Takes from: base. Gives to: everyone above; pure values, no shared state.
// Invariant: Open(a, Seal(a, x)) == x; Open of anything else fails, but for
//   one word in 2^48 (live) or 2^19 (free).
#ifndef HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_
#define HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_

#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

// Secrets of the process. Filled once, then read-only.
struct SealKeys {
  uint64_t address = 0;
  uint64_t payload = 0;
  uint64_t link = 0;
};

namespace internal_block_header {

inline constexpr int kPayloadBits = 14;
inline constexpr int kCheckBits = 64 - kPayloadBits - 2;
inline constexpr int kLinkBits = kAddressBits - 4;
inline constexpr int kLinkCheckBits = 64 - kLinkBits;  // with the state's two
inline constexpr int kLinkShift = kLinkCheckBits - 4;
inline constexpr uint64_t kLiveState = 2;
inline constexpr uint64_t kFreeState = 1;

// Multiply and fold: not linear in either argument, 4 cycles.
inline uint64_t Mix(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product >> 64) ^ static_cast<uint64_t>(product);
}

inline uint64_t LiveCheck(const SealKeys& keys, uintptr_t block,
                          uint64_t payload) {
  const uint64_t mixed = Mix(block ^ keys.address, payload ^ keys.payload);
  return mixed * 4 + kLiveState;
}

inline uint64_t LinkCheck(const SealKeys& keys, uintptr_t block,
                          uintptr_t next) {
  const uint64_t mixed = Mix(block ^ keys.address, next ^ keys.link);
  return mixed * 4 + kFreeState;
}

}  // namespace internal_block_header

inline constexpr uint32_t kMaxPayload =
    (1u << internal_block_header::kPayloadBits) - 1;

// The word that stands in front of the block's payload.
inline uint64_t& HeaderOf(void* block) {
  return static_cast<uint64_t*>(block)[-1];
}
inline uint64_t HeaderOf(const void* block) {
  return static_cast<const uint64_t*>(block)[-1];
}

inline uint64_t SealLive(const SealKeys& keys, const void* block,
                         uint32_t payload) {
  using namespace internal_block_header;  // NOLINT(google-build-using-namespace)
  const auto address = reinterpret_cast<uintptr_t>(block);
  const uint64_t check = LiveCheck(keys, address, payload);
  return (check << kPayloadBits >> kPayloadBits) | uint64_t{payload}
                                                       << (64 - kPayloadBits);
}

struct OpenedLive {
  bool ok;           // is this a live block, at exactly this address?
  uint32_t payload;  // meaningless unless ok
};

inline OpenedLive OpenLive(const SealKeys& keys, const void* block,
                           uint64_t word) {
  using namespace internal_block_header;  // NOLINT(google-build-using-namespace)
  const auto address = reinterpret_cast<uintptr_t>(block);
  const uint64_t payload = word >> (64 - kPayloadBits);
  const uint64_t difference = LiveCheck(keys, address, payload) ^ word;
  return {(difference << kPayloadBits) == 0, static_cast<uint32_t>(payload)};
}

// `next` is null at a list's end.
inline uint64_t SealFree(const SealKeys& keys, const void* block,
                         const void* next) {
  using namespace internal_block_header;  // NOLINT(google-build-using-namespace)
  const auto address = reinterpret_cast<uintptr_t>(block);
  const auto link = reinterpret_cast<uintptr_t>(next);
  const uint64_t check = LinkCheck(keys, address, link);
  return (check & ((uint64_t{1} << kLinkCheckBits) - 1)) | link << kLinkShift;
}

struct OpenedFree {
  bool ok;     // is this a free block, at exactly this address?
  void* next;  // meaningless unless ok
};

inline OpenedFree OpenFree(const SealKeys& keys, const void* block,
                           uint64_t word) {
  using namespace internal_block_header;  // NOLINT(google-build-using-namespace)
  const auto address = reinterpret_cast<uintptr_t>(block);
  const uintptr_t next = (word >> kLinkCheckBits) * kBlockAlignment;
  const uint64_t difference = LinkCheck(keys, address, next) ^ word;
  return {(difference << (64 - kLinkCheckBits)) == 0,
          reinterpret_cast<void*>(next)};
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_BLOCK_HEADER_H_
