// Where the slots of a guard pool lie, as arithmetic on addresses.
//
// Role: guard page, slot, guard page, slot, ..., guard page. From an address
//   to its slot and back; where in a slot a block goes. Pure.
// Takes from: base. Gives to: guard pool.
#ifndef HEADROOM_ALLOCATOR_GUARD_GUARD_LAYOUT_H_
#define HEADROOM_ALLOCATOR_GUARD_GUARD_LAYOUT_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

inline constexpr size_t kGuardBytes = kKernelPageBytes;
// Only the pages that a block needs are ever opened.
inline constexpr size_t kGuardSlotBytes = 4 * kKernelPageBytes;
inline constexpr size_t kGuardSlots = 128;
inline constexpr size_t kGuardStride = kGuardBytes + kGuardSlotBytes;
inline constexpr size_t kGuardPoolBytes =
    kGuardSlots * kGuardStride + kGuardBytes;

// What fits wherever it goes in a slot, with its header and at the least
// alignment.
inline constexpr size_t kMaxGuardedBytes = kGuardSlotBytes - kBlockAlignment;

// The range of slot `i` in the pool that starts at `pool`.
inline constexpr MemoryRange GuardSlot(uintptr_t pool, size_t i) {
  return {pool + i * kGuardStride + kGuardBytes, kGuardSlotBytes};
}

// Where an address of the pool is: in a slot, or in the guard page in front of
// it (the last of which has the number kGuardSlots, and no slot).
struct GuardPosition {
  size_t slot;
  bool in_guard;
  bool at_guard_start;  // directly behind the slot before
};
inline constexpr GuardPosition LocateInPool(uintptr_t pool, uintptr_t address) {
  const size_t offset = (address - pool) % kGuardStride;
  return {(address - pool) / kGuardStride, offset < kGuardBytes, offset == 0};
}

struct GuardedPlace {
  uintptr_t block = 0;  // 0: does not fit
  MemoryRange open;     // the pages that become accessible
};

// Where a block goes: against its slot's end, as near as `alignment` (a power
// of two, at least kBlockAlignment) lets it, or, for accesses in front, against
// its start, as near as the header lets it. `bytes` <= kMaxGuardedBytes.
inline constexpr GuardedPlace PlaceInSlot(MemoryRange slot, size_t bytes,
                                          size_t alignment, bool at_end) {
  const uintptr_t block = at_end
                              ? AlignDown(slot.end() - bytes, alignment)
                              : AlignUp(slot.start + kHeaderBytes, alignment);
  if (block < slot.start + kHeaderBytes || block > slot.end() - bytes) {
    return {};
  }
  const uintptr_t first = AlignDown(block - kHeaderBytes, kKernelPageBytes);
  const uintptr_t end = AlignUp(block + bytes, kKernelPageBytes);
  return {block, {first, end - first}};
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_GUARD_GUARD_LAYOUT_H_
