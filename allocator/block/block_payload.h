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
inline constexpr uint32_t kSlotCount = 128;
inline constexpr uint32_t kSlotMask = (kSlotCount - 1) << kSlotShift;
inline constexpr uint32_t kOriginMask = 3;

// Slot 0 is nobody's, so that a word of zeros leads nowhere; then come the
// size classes, then the special kinds, then slots that are nobody's again.
// No cache ever holds a block of any but a size class: the hit paths meet an
// empty, full magazine there and turn to the slow path.
inline constexpr uint32_t kFirstClassSlot = 1;
enum SpecialSlot : uint32_t {
  kLargeSlot = kFirstClassSlot + kSizeClassCount,  // its span's only block
  kAlignedSlot,      // inside a block, at an address with more alignment
  kAlignedBaseSlot,  // the block around a kAlignedSlot
  kSlotsInUse,
};
static_assert(kSlotsInUse < kSlotCount, "the last slot is nobody's: see ~0");

inline constexpr uint32_t SlotOfClass(SizeClass size_class) {
  return kFirstClassSlot + size_class;
}
inline constexpr uint64_t MakePayload(uint32_t slot, Origin origin) {
  return slot << kSlotShift | static_cast<uint32_t>(origin);
}
inline constexpr uint32_t SlotOf(uint64_t payload) {
  return static_cast<uint32_t>(payload >> kSlotShift);
}
inline constexpr bool IsClassSlot(uint32_t slot) {
  return slot - kFirstClassSlot < kSizeClassCount;
}
inline constexpr SizeClass ClassOfSlot(uint32_t slot) {
  return static_cast<SizeClass>(slot - kFirstClassSlot);
}
inline constexpr Origin OriginOf(uint64_t payload) {
  return static_cast<Origin>(payload & kOriginMask);
}

// A small request's granules (see StrideGranules) to its slot bits.
inline constexpr auto kSlotOffsetOfGranules =
    internal_size_classes::MakeLookup<uint16_t, 1 << kSlotShift,
                                      kFirstClassSlot << kSlotShift>();

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_
