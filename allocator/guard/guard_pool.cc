#include "allocator/guard/guard_pool.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "allocator/base/memory_checker.h"
#include "allocator/system/errno_guard.h"

namespace headroom {
namespace {

// Not 0, which an overrun most often writes.
constexpr unsigned char kCanary = 0xd7;

uintptr_t Address(const void* p) { return reinterpret_cast<uintptr_t>(p); }
unsigned char* Bytes(uintptr_t address) {
  return reinterpret_cast<unsigned char*>(address);
}

uint32_t ThisThread() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

bool IsAllCanary(const unsigned char* bytes, size_t count) {
  return count == 0 ||
         (bytes[0] == kCanary && memcmp(bytes, bytes + 1, count - 1) == 0);
}

bool CanaryIsIntact(MemoryRange open, uintptr_t tail) {
  const HeapAccess access(open);
  return IsAllCanary(Bytes(tail), open.end() - tail);
}

}  // namespace

// Whether the pool is there, made by now if need be. While a thread makes it,
// the others go without.
bool GuardPool::Make() {
  Making state = making_.load(std::memory_order_acquire);
  if (state == Making::kMade) return true;
  if (state == Making::kInProgress ||
      !making_.compare_exchange_strong(state, Making::kInProgress,
                                       std::memory_order_acquire)) {
    return false;
  }
  const bool made = MakeOnce();
  making_.store(made ? Making::kMade : Making::kNotMade,
                std::memory_order_release);
  return made;
}

bool GuardPool::MakeOnce() {
  MemoryRange pool;
  {
    // Against a fork in the middle of it.
    LockGuard guard(lock_);
    pool = std::exchange(kept_, {});
  }
  if (pool.empty()) {
    pool = source_.Grow(kGuardPoolBytes, kKernelPageBytes, GrowKind::kMapping);
  }
  if (pool.empty()) {
    refusals_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  void* slots = nullptr;
  if (Ask(pool, ReleaseMode::kProtect)) {
    slots = arena_.Allocate(kGuardSlots * sizeof(Slot), alignof(Slot));
  }
  if (slots == nullptr) {
    if (Ask(pool, ReleaseMode::kUnmap)) return false;
    LockGuard guard(lock_);
    kept_ = pool;
    return false;
  }
  LockGuard guard(lock_);
  // Zeroed memory of the arena is slots that were never used, and stays
  // untouched until they are.
  slots_ = static_cast<Slot*>(slots);
  random_.Seed(pool.start ^ Address(&guard));
  for (size_t i = 0; i < kGuardSlots; ++i) {
    const size_t j = random_.Below(static_cast<uint32_t>(i + 1));
    ring_[i] = ring_[j];
    ring_[j] = static_cast<uint8_t>(i);
  }
  start_.store(pool.start, std::memory_order_release);
  return true;
}

bool GuardPool::Ask(MemoryRange range, ReleaseMode mode) {
  if (source_.Release(range, mode)) return true;
  refusals_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

// kGuardSlots: there is none.
size_t GuardPool::TakeFreeSlot() {
  const size_t free = free_slots_.load(std::memory_order_relaxed);
  if (free == 0) return kGuardSlots;
  free_slots_.store(free - 1, std::memory_order_relaxed);
  const size_t index = ring_[ring_head_];
  ring_head_ = (ring_head_ + 1) % kGuardSlots;
  return index;
}

void GuardPool::PutFreeSlot(size_t index) {
  const size_t free = free_slots_.load(std::memory_order_relaxed);
  ring_[(ring_head_ + free) % kGuardSlots] = static_cast<uint8_t>(index);
  free_slots_.store(free + 1, std::memory_order_relaxed);
}

void* GuardPool::Allocate(size_t bytes, size_t alignment,
                          const StackTrace& where) {
  if (!MayFit(bytes, alignment)) return nullptr;
  const ErrnoGuard errno_guard;
  if (!Make()) return nullptr;
  size_t index;
  bool at_end;
  bool dirty;
  {
    LockGuard guard(lock_);
    index = TakeFreeSlot();
    if (index == kGuardSlots) return nullptr;
    at_end = bytes == 0 || random_.Below(4) != 0;
    dirty = slots_[index].dirty;
  }
  const MemoryRange room =
      GuardSlot(start_.load(std::memory_order_relaxed), index);
  GuardedPlace place = PlaceInSlot(room, bytes, alignment, at_end);
  if (place.block == 0) place = PlaceInSlot(room, bytes, alignment, !at_end);
  const bool opened =
      place.block != 0 && Ask(place.open, ReleaseMode::kUnprotect);
  if (opened) {
    const HeapAccess access(place.open);
    if (dirty) memset(Bytes(place.open.start), 0, place.open.bytes);
    const uintptr_t tail = place.block + bytes;
    memset(Bytes(tail), kCanary, place.open.end() - tail);
  }
  const uint32_t thread = ThisThread();

  LockGuard guard(lock_);
  if (!opened) {
    PutFreeSlot(index);
    return nullptr;
  }
  Slot& slot = slots_[index];
  slot.state = SlotState::kLive;
  slot.allocating_thread = thread;
  slot.freeing_thread = 0;
  slot.block = place.block;
  slot.bytes = bytes;
  slot.open = place.open;
  slot.allocated_at = where;
  slot.freed_at.count = 0;
  ++stats_.allocations;
  ++stats_.live;
  stats_.live_bytes += bytes;
  stats_.open_bytes += place.open.bytes;
  MemoryChecker::BlockMade(Bytes(place.block), bytes);
  return Bytes(place.block);
}

GuardPool::FreeResult GuardPool::Free(void* block, const StackTrace& where) {
  const ErrnoGuard errno_guard;
  const uint32_t thread = ThisThread();
  size_t index;
  size_t bytes;
  MemoryRange open;
  {
    LockGuard guard(lock_);
    Slot* slot = SlotOfBlock(block);
    if (slot == nullptr) return FreeResult::kNotABlock;
    if (slot->state != SlotState::kLive) return FreeResult::kDoubleFree;
    slot->state = SlotState::kFreed;
    slot->freeing_thread = thread;
    slot->freed_at = where;
    index = static_cast<size_t>(slot - slots_);
    bytes = slot->bytes;
    open = slot->open;
    ++stats_.frees;
    --stats_.live;
    stats_.live_bytes -= bytes;
    stats_.open_bytes -= open.bytes;
  }
  MemoryChecker::BlockGone(block, bytes);
  const bool intact = CanaryIsIntact(open, Address(block) + bytes);
  // Closed first, so that nobody writes to a page that has gone back.
  const bool closed = Ask(open, ReleaseMode::kProtect);
  const bool emptied = Ask(open, ReleaseMode::kDecommit);

  LockGuard guard(lock_);
  if (!emptied) slots_[index].dirty = true;
  if (closed) {
    PutFreeSlot(index);
  } else {
    ++stats_.retired;
  }
  return intact ? FreeResult::kFreed : FreeResult::kTailOverrun;
}

// The slot whose block, live or freed, starts there.
GuardPool::Slot* GuardPool::SlotOfBlock(const void* block) const {
  if (slots_ == nullptr || !Contains(block)) return nullptr;
  const GuardPosition at =
      LocateInPool(start_.load(std::memory_order_relaxed), Address(block));
  if (at.in_guard && !at.at_guard_start) return nullptr;
  // A block of no bytes is where its slot ends.
  const size_t index = at.at_guard_start ? at.slot - 1 : at.slot;
  if (index >= kGuardSlots) return nullptr;
  Slot& slot = slots_[index];
  return slot.block == Address(block) ? &slot : nullptr;
}

bool GuardPool::IsLive(const void* block) const {
  LockGuard guard(lock_);
  const Slot* slot = SlotOfBlock(block);
  return slot != nullptr && slot->state == SlotState::kLive;
}

size_t GuardPool::BytesOf(const void* block) const {
  LockGuard guard(lock_);
  const Slot* slot = SlotOfBlock(block);
  return slot != nullptr && slot->state == SlotState::kLive ? slot->bytes : 0;
}

GuardPoolStats GuardPool::stats() const {
  LockGuard guard(lock_);
  GuardPoolStats stats = stats_;
  stats.refusals = refusals_.load(std::memory_order_relaxed);
  return stats;
}

void GuardPool::AcquireForFork() { lock_.Acquire(); }

void GuardPool::ReleaseAfterFork(bool in_child) {
  if (!in_child) return lock_.Release();
  // The thread that was making it is not here.
  if (making_.load(std::memory_order_relaxed) == Making::kInProgress) {
    making_.store(Making::kNotMade, std::memory_order_relaxed);
  }
  lock_.ResetAfterFork();
}

}  // namespace headroom
