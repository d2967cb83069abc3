#include "fuzz/guard_pool/guard_model.h"

#include <algorithm>
#include <tuple>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

size_t DistanceFrom(const GuardModel::Slot& slot, uintptr_t address) {
  return address < slot.block ? slot.block - address : address - slot.end();
}

}  // namespace

bool GuardModel::Fits(size_t bytes, size_t alignment) {
  // In front, there is the header.
  return alignment <= kKernelPageBytes && bytes <= kGuardSlotBytes &&
         std::max(alignment, kBlockAlignment) <= kGuardSlotBytes - bytes;
}

void GuardModel::Postpone() {
  order_.push_back(order_.front());
  order_.pop_front();
}

GuardModel::Slot& GuardModel::Take(uintptr_t pool, uintptr_t block,
                                   size_t bytes, size_t alignment) {
  // A block of no bytes lies behind the last byte of its slot.
  const size_t offset = block - (bytes == 0 ? 1 : 0) - pool;
  const size_t number = offset / kGuardStride;
  Require(number < kGuardSlots, "a block lies in a slot");
  Require(!order_.empty(), "a slot is free");
  const size_t expected = order_.front();
  order_.pop_front();
  if (expected == kUnknown) {
    Require(!known_[number], "no slot is used twice before each is used once");
    known_.set(number);
  }
  Require(expected == kUnknown || expected == number,
          "the slot that is free for longest is used");

  Slot& slot = slots_[number];
  Require(!slot.live, "no slot is given twice");
  const uintptr_t room = pool + number * kGuardStride + kGuardBytes;
  const uintptr_t end = room + kGuardSlotBytes;
  const bool at_end = end - (block + bytes) < alignment;
  const bool at_front = block - room == std::max(alignment, kBlockAlignment);
  Require(at_end || (at_front && bytes > 0),
          "a block lies against one of its slot's ends");
  slot = Slot();
  slot.used = slot.live = true;
  slot.block = block;
  slot.bytes = bytes;
  const uintptr_t first = AlignDown(block - kHeaderBytes, kKernelPageBytes);
  slot.open = {first, AlignUp(block + bytes, kKernelPageBytes) - first};
  return slot;
}

void GuardModel::Free(Slot& slot, bool reusable) {
  slot.live = false;
  slot.stays_open = !reusable;
  if (reusable) order_.push_back(NumberOf(slot));
}

GuardModel::Slot* GuardModel::StartingAt(uintptr_t address) {
  const auto at = std::ranges::find_if(slots_, [address](const Slot& slot) {
    return slot.used && slot.block == address;
  });
  return at == slots_.end() ? nullptr : &*at;
}

const GuardModel::Slot* GuardModel::Nearest(uintptr_t pool,
                                            uintptr_t address) const {
  const Slot* best = nullptr;
  for (const Slot& slot : slots_) {
    const uintptr_t room = pool + NumberOf(slot) * kGuardStride + kGuardBytes;
    // In its slot, or in a guard page next to it.
    if (!slot.used || address < room - kGuardBytes ||
        address >= room + kGuardSlotBytes + kGuardBytes) {
      continue;
    }
    // One of size 0 may start in the guard page.
    const auto rank = [address](const Slot& of) {
      return std::tuple(of.block != address, !of.live,
                        DistanceFrom(of, address));
    };
    if (best == nullptr || rank(slot) < rank(*best)) best = &slot;
  }
  return best;
}

GuardModel::Slot* GuardModel::Pick(size_t index, bool live) {
  const auto fits = [live](const Slot& slot) {
    return slot.used && (slot.live || !live);
  };
  const auto count = static_cast<size_t>(std::ranges::count_if(slots_, fits));
  if (count == 0) return nullptr;
  index %= count;
  return &*std::ranges::find_if(
      slots_, [&](const Slot& slot) { return fits(slot) && index-- == 0; });
}

}  // namespace headroom
