// What a header says: which slot the block belongs to.
//
// Role: a slot is a size class or one of the special kinds. A payload is its
//   slot times 32: the byte offset of the slot's magazine in a thread's cache.
//   No table, no shift, no mask on free's way.
// Takes from: block_header, size_classes. Gives to: thread, front.
#ifndef HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_
#define HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_

#include <cstdint>

#include "allocator/block/block_header.h"
#include "allocator/block/size_classes.h"

namespace headroom {

inline constexpr int kSlotShift = 5;
inline constexpr uint32_t kSlotCount = SealKeys::kPayloads;
static_assert(1u << kSlotShift == SealKeys::kPayloadStep);

// Slot 0 is nobody's, so that a word of zeros leads nowhere; then come the
// size classes, then the special kinds, then slots that are nobody's again.
// No cache ever holds a block of any but a size class: the hit paths meet an
// empty, full magazine there and turn to the slow path.
inline constexpr uint32_t kFirstClassSlot = 1;
enum SpecialSlot : uint32_t {
  // What was asked for last is, in each of the first three groups: the size
  // the block was chosen for, one that it fits well, any that it holds.
  kLargeSlot = kFirstClassSlot + kSizeClassCount,  // its span's only block
  kResizedLargeSlot,
  kShrunkLargeSlot,
  kAlignedSlot,  // inside a block, at an address with more alignment
  kResizedAlignedSlot,
  kShrunkAlignedSlot,
  kResizedSlot,  // as a size class's
  kShrunkSlot,
  kAlignedBaseSlot,  // the block around a kAlignedSlot
  kSampledSlot,      // in the guard pool
  kSlotsInUse,
};
static_assert(kSlotsInUse < kSlotCount, "the last slot is nobody's");

inline constexpr uint32_t SlotOfClass(SizeClass size_class) {
  return kFirstClassSlot + size_class;
}
inline constexpr uint64_t PayloadOfSlot(uint32_t slot) {
  return slot << kSlotShift;
}
inline constexpr uint64_t PayloadOfClass(SizeClass size_class) {
  return PayloadOfSlot(SlotOfClass(size_class));
}
// kSlotCount for what is no slot's payload.
inline constexpr uint32_t SlotOf(uint64_t payload) {
  return (payload & ~kPayloadMask) == 0
             ? static_cast<uint32_t>(payload >> kSlotShift)
             : kSlotCount;
}
inline constexpr bool IsLargeSlot(uint32_t slot) {
  return slot >= kLargeSlot && slot <= kShrunkLargeSlot;
}
inline constexpr bool IsAlignedSlot(uint32_t slot) {
  return slot >= kAlignedSlot && slot <= kShrunkAlignedSlot;
}
inline constexpr bool IsResizedSlot(uint32_t slot) {
  return slot == kResizedLargeSlot || slot == kResizedAlignedSlot ||
         slot == kResizedSlot;
}
inline constexpr bool IsShrunkSlot(uint32_t slot) {
  return slot == kShrunkLargeSlot || slot == kShrunkAlignedSlot ||
         slot == kShrunkSlot;
}
inline constexpr bool IsClassSlot(uint32_t slot) {
  return slot - kFirstClassSlot < kSizeClassCount;
}
inline constexpr SizeClass ClassOfSlot(uint32_t slot) {
  return static_cast<SizeClass>(slot - kFirstClassSlot);
}

// A small request's granules (see StrideGranules) to its payload.
inline constexpr auto kPayloadOfGranules =
    internal_size_classes::MakeLookup<uint16_t, 1 << kSlotShift,
                                      kFirstClassSlot << kSlotShift>();

// `bytes` <= kMaxSmallBytes.
inline constexpr uint64_t PayloadFor(size_t bytes) {
  return kPayloadOfGranules[StrideGranules(bytes)];
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_BLOCK_PAYLOAD_H_
