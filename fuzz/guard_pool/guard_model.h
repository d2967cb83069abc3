// The shadow model of a guard pool: what each slot held last, and which slot is
// free for longest.
//
// Role: knows the layout's promises, not its arithmetic. A slot's place in the
//   order is learned when it is used for the first time.
// Takes from: guard (its constants). Gives to: guard_pool_state.
#ifndef FUZZ_GUARD_POOL_GUARD_MODEL_H_
#define FUZZ_GUARD_POOL_GUARD_MODEL_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "allocator/guard/guard_pool.h"

namespace headroom {

class GuardModel {
 public:
  struct Slot {
    bool used = false;
    bool live = false;
    bool stays_open = false;  // the kernel did not close it
    uintptr_t block = 0;
    size_t bytes = 0;
    uint8_t seed = 0;            // of what its owner wrote
    uintptr_t allocated_at = 0;  // the one frame of each stack
    uintptr_t freed_at = 0;
    MemoryRange open;
    std::vector<char> tail;  // as the pool left it

    uintptr_t end() const { return block + bytes; }
  };

  GuardModel() : order_(kGuardSlots, kUnknown) {}

  // Whether the pool's layout has a place for it.
  static bool Fits(size_t bytes, size_t alignment);

  size_t free_slots() const { return order_.size(); }
  // The next free slot could not be opened: it is the last one now.
  void Postpone();
  // The next free slot has this block.
  Slot& Take(uintptr_t pool, uintptr_t block, size_t bytes, size_t alignment);
  // The live block is freed; `reusable`: its pages are closed.
  void Free(Slot& slot, bool reusable);

  // The slot whose block, live or freed, starts there; null: none.
  Slot* StartingAt(uintptr_t address);
  // The one that a report should name for an address of the pool's.
  const Slot* Nearest(uintptr_t pool, uintptr_t address) const;
  // Of those that are used or live, this one; null when there is none.
  Slot* Used(size_t index) { return Pick(index, false); }
  Slot* Live(size_t index) { return Pick(index, true); }

  const std::array<Slot, kGuardSlots>& slots() const { return slots_; }

 private:
  static constexpr size_t kUnknown = kGuardSlots;

  Slot* Pick(size_t index, bool live);
  size_t NumberOf(const Slot& slot) const { return &slot - slots_.data(); }

  std::array<Slot, kGuardSlots> slots_;
  std::bitset<kGuardSlots> known_;
  std::deque<size_t> order_;  // the next one first
};

}  // namespace headroom

#endif  // FUZZ_GUARD_POOL_GUARD_MODEL_H_
