// Freed blocks that are nobody's for a while.
//
// Role: the strict level's queue: what is freed waits until so many bytes were
//   freed after it, so that a late use or a second free still meets a freed
//   block. Holds pointers only; what a block's header says is its user's.
// Takes from: metadata arena. Gives to: heap.
// Lock: its own, kQuarantine; all functions are thread-safe.
// Invariant: bytes <= limit + one block's, after every call that gave less than
//   kMostOut.
#ifndef HEADROOM_ALLOCATOR_FRONT_QUARANTINE_H_
#define HEADROOM_ALLOCATOR_FRONT_QUARANTINE_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/block/size_classes.h"
#include "allocator/system/metadata_arena.h"

namespace headroom {

class Quarantine {
 public:
  struct Block {
    void* block;
    SizeClass size_class;
  };
  // How many leave at most when one comes.
  static constexpr uint32_t kMostOut = 64;
  static constexpr uint32_t kMostBlocks = 16384;

  explicit constexpr Quarantine(MetadataArena& arena) : arena_(arena) {}

  // Takes `in`; gives the oldest to `out` (room for kMostOut) until at most
  // `limit` bytes are held, and returns how many. When they are kMostOut,
  // Shrink gives the next. Without memory for the queue, `in` itself comes
  // back.
  uint32_t Exchange(Block in, size_t limit, Block* out)
      ABSL_LOCKS_EXCLUDED(lock_);
  uint32_t Shrink(size_t limit, Block* out) ABSL_LOCKS_EXCLUDED(lock_);

  // The composition root's fork handlers.
  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_) { lock_.Acquire(); }
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_) {
    in_child ? lock_.ResetAfterFork() : lock_.Release();
  }

 private:
  friend class Measures;
  friend struct DebugLayout;

  uint32_t TakeOldest(size_t limit, Block* out)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  MetadataArena& arena_;
  Lock lock_{LockRank::kQuarantine};
  Block* ring_ ABSL_GUARDED_BY(lock_) = nullptr;  // kMostBlocks of them
  uint32_t oldest_ ABSL_GUARDED_BY(lock_) = 0;
  uint32_t count_ ABSL_GUARDED_BY(lock_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_QUARANTINE_H_
