// What a live header says: which slot the block belongs to, and its origin.
//
// Role: a slot is a size class or one of the special kinds. The slot stands
//   above five low bits, so that payload & kSlotMask is the byte offset of the
//   slot's 32-byte magazine in a thread's cache: no table, no shift.
// Takes from: block_header, size_classes. Gives to: thread, front.
#ifndef HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_
#define HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_

#include <cstdint>

#include "allocator/block/block_header.h"
#include "allocator/block/size_classes.h"

namespace headroom {

// By which family of functions the block was allocated.
enum class Origin : uint8_t { kMalloc, kNew, kNewArray };

inline constexpr int kSlotShift = 5;
inline constexpr uint32_t kSlotMask = kMaxPayload & ~((1u << kSlotShift) - 1);
inline constexpr uint32_t kOriginMask = 3;

// Slots that are not size classes. No cache ever holds blocks of theirs, so
// the hit paths meet an empty, full magazine and turn to the slow path.
enum SpecialSlot : uint32_t {
  kLargeSlot = kSizeClassCount,  // the span's only block
  kAlignedSlot,      // inside a block, at an address with more alignment
  kAlignedBaseSlot,  // the block around a kAlignedSlot
  kSlotCount,
};
static_assert(kSlotCount << kSlotShift <= kMaxPayload);

inline constexpr uint32_t MakePayload(uint32_t slot, Origin origin) {
  return slot << kSlotShift | static_cast<uint32_t>(origin);
}
inline constexpr uint32_t SlotOf(uint32_t payload) {
  return payload >> kSlotShift;
}
inline constexpr Origin OriginOf(uint32_t payload) {
  return static_cast<Origin>(payload & kOriginMask);
}

// A small request's granules (see StrideGranules) to its slot bits.
inline constexpr auto kSlotOffsetOfGranules =
    internal_size_classes::MakeLookup<uint16_t, 1 << kSlotShift>();

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_
