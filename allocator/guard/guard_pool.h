// Blocks that lie against inaccessible pages: an access beyond them, or after
// they were freed, faults at the very instruction.
//
// Role: gives a sampled allocation a slot of its own, keeps who allocated and
//   freed it, and tells a report what an address means. A freed slot is used
//   again as late as can be.
// Takes from: memory source, metadata arena. Gives to: front, report.
// Lock: its own, kGuardPool; no system call is made while it is held. Describe
//   only tries it.
// Invariant: slots == free + live + changing + retired. A free slot has no
//   accessible page; a slot that changes belongs to the one thread that does.
#ifndef HEADROOM_ALLOCATOR_GUARD_GUARD_POOL_H_
#define HEADROOM_ALLOCATOR_GUARD_GUARD_POOL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/base/stack_trace.h"
#include "allocator/guard/guard_layout.h"
#include "allocator/guard/xorshift.h"
#include "allocator/system/memory_source.h"
#include "allocator/system/metadata_arena.h"

namespace headroom {

struct GuardPoolStats {
  size_t live = 0;         // slots with a live block
  size_t live_bytes = 0;   // as requested
  size_t open_bytes = 0;   // accessible pages of live blocks
  size_t retired = 0;      // slots the kernel refused to close again
  size_t allocations = 0;  // ever
  size_t frees = 0;        // ever
  size_t refusals = 0;     // by the kernel, ever
};

class GuardPool {
 public:
  enum class FreeResult : uint8_t {
    kFreed,
    kDoubleFree,
    kNotABlock,    // nothing of the pool's starts there
    kTailOverrun,  // freed, but bytes behind the block were overwritten
  };

  enum class Place : uint8_t { kInside, kBehind, kInFront };

  // What is known about an address: the block it belongs to.
  struct Description {
    uintptr_t start = 0;
    size_t bytes = 0;
    Place place = Place::kInside;  // where the address is
    bool live = false;
    uint32_t allocating_thread = 0;  // kernel ids
    uint32_t freeing_thread = 0;     // 0 while live
    StackTrace allocated_at;
    StackTrace freed_at;  // no frames while live
  };

  constexpr GuardPool(MemorySource& source, MetadataArena& arena)
      : source_(source), arena_(arena) {}
  GuardPool(const GuardPool&) = delete;
  GuardPool& operator=(const GuardPool&) = delete;

  // Whether Allocate has a chance. Lock-free: ask it before you take a stack.
  bool MayFit(size_t bytes, size_t alignment) const {
    return bytes <= kMaxGuardedBytes && alignment <= kKernelPageBytes &&
           free_slots_.load(std::memory_order_relaxed) != 0;
  }

  // A zeroed block of exactly `bytes`, its end against an inaccessible page
  // but for alignment; one in four lies with its front against one instead
  // (but for 16 bytes). The kHeaderBytes before it are the caller's. nullptr:
  // too large, no free slot, no memory. `alignment` is a power of two, at
  // least kBlockAlignment. Keeps errno.
  void* Allocate(size_t bytes, size_t alignment, const StackTrace& where);

  // For any pointer for which Contains is true. The block's pages become
  // inaccessible and cost no memory any more. Keeps errno.
  FreeResult Free(void* block, const StackTrace& where);

  // Lock-free. In a slot or in a page between them, whatever is there now.
  bool Contains(const void* p) const {
    return reinterpret_cast<uintptr_t>(p) -
               start_.load(std::memory_order_relaxed) <
           kGuardPoolBytes;
  }

  bool IsLive(const void* block) const;
  // As requested; 0 when `block` is no live block.
  size_t BytesOf(const void* block) const;

  // False: nothing was ever near, or the lock is not to be had. Safe in a
  // signal handler; blocks nobody, allocates nothing.
  bool Describe(const void* address, Description* out) const;

  GuardPoolStats stats() const;

  // The composition root's fork handlers.
  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  friend class Measures;

  enum class SlotState : uint8_t { kNeverUsed, kLive, kFreed };
  enum class Making : uint8_t { kNotMade, kInProgress, kMade };

  struct Slot {
    SlotState state = SlotState::kNeverUsed;
    bool dirty = false;  // a release was refused once: zero it by hand
    uint32_t allocating_thread = 0;
    uint32_t freeing_thread = 0;
    uintptr_t block = 0;
    size_t bytes = 0;
    MemoryRange open;
    StackTrace allocated_at;
    StackTrace freed_at;
  };

  // No address of a program's: before the pool is made, nothing is in it.
  static constexpr uintptr_t kNowhere = uintptr_t{1} << 63;

  // guard_pool.cc
  bool Make();
  bool MakeOnce();
  size_t TakeFreeSlot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void PutFreeSlot(size_t index) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool Ask(MemoryRange range, ReleaseMode mode);
  Slot* SlotOfBlock(const void* block) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  // guard_describe.cc
  const Slot* SlotNear(uintptr_t address) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool DescribeLocked(uintptr_t address, Description* out) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  MemorySource& source_;
  MetadataArena& arena_;
  mutable Lock lock_{LockRank::kGuardPool};
  std::atomic<uintptr_t> start_{kNowhere};
  std::atomic<size_t> free_slots_{kGuardSlots};  // changes under the lock
  std::atomic<Making> making_{Making::kNotMade};
  std::atomic<size_t> refusals_{0};
  // For whoever makes the pool: a range that the kernel would not take back.
  MemoryRange kept_ ABSL_GUARDED_BY(lock_);
  Slot* slots_ ABSL_GUARDED_BY(lock_) = nullptr;
  // A ring of free slots: the one that is free for longest is next.
  uint8_t ring_[kGuardSlots] ABSL_GUARDED_BY(lock_) = {};
  size_t ring_head_ ABSL_GUARDED_BY(lock_) = 0;
  Xorshift random_ ABSL_GUARDED_BY(lock_);
  GuardPoolStats stats_ ABSL_GUARDED_BY(lock_);
};

static_assert(kGuardSlots <= 256, "a slot's number fits a byte");

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_GUARD_GUARD_POOL_H_
