#include <sched.h>

#include "allocator/guard/guard_pool.h"

namespace headroom {
namespace {

// Whoever holds the lock holds it for some hundred instructions; only the
// interrupted thread itself never lets it go.
constexpr int kTries = 1000;

uintptr_t Distance(uintptr_t address, uintptr_t start, size_t bytes) {
  return address < start ? start - address : address - start - bytes;
}

}  // namespace

bool GuardPool::Describe(const void* address, Description* out) const {
  if (!Contains(address)) return false;
  for (int i = 0; i < kTries; ++i) {
    if (lock_.TryAcquire()) {
      const bool found =
          DescribeLocked(reinterpret_cast<uintptr_t>(address), out);
      lock_.Release();
      return found;
    }
    sched_yield();
  }
  return false;
}

// The slot with the block that `address`, in the pool, has most to do with: in
// a guard page, one of size 0 that starts there, a live one of the two
// neighbours, or the nearer one.
const GuardPool::Slot* GuardPool::SlotNear(uintptr_t address) const {
  if (slots_ == nullptr) return nullptr;
  const GuardPosition at =
      LocateInPool(start_.load(std::memory_order_relaxed), address);
  const auto used = [this](size_t index) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    // In front of the first slot, the index wraps.
    const bool is_used =
        index < kGuardSlots && slots_[index].state != SlotState::kNeverUsed;
    return is_used ? &slots_[index] : nullptr;
  };
  const Slot* behind = used(at.slot);
  if (!at.in_guard) return behind;
  const Slot* before = used(at.slot - 1);
  if (before == nullptr || behind == nullptr) {
    return before != nullptr ? before : behind;
  }
  if (before->block == address) return before;
  if (before->state != behind->state) {
    return before->state == SlotState::kLive ? before : behind;
  }
  return Distance(address, before->block, before->bytes) <=
                 Distance(address, behind->block, behind->bytes)
             ? before
             : behind;
}

bool GuardPool::DescribeLocked(uintptr_t address, Description* out) const {
  const Slot* slot = SlotNear(address);
  if (slot == nullptr) return false;
  out->start = slot->block;
  out->bytes = slot->bytes;
  out->place = address < slot->block                  ? Place::kInFront
               : address - slot->block >= slot->bytes ? Place::kBehind
                                                      : Place::kInside;
  out->live = slot->state == SlotState::kLive;
  out->allocating_thread = slot->allocating_thread;
  out->freeing_thread = slot->freeing_thread;
  out->allocated_at = slot->allocated_at;
  out->freed_at = slot->freed_at;
  return true;
}

}  // namespace headroom
