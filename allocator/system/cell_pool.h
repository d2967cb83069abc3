// Arrays of pointer-sized cells from the metadata arena, recycled.
//
// Role: gives threads' magazines their room and spans their bitmaps, in powers
//   of two, far from any user's block.
// Takes from: metadata arena. Gives to: central, thread.
// Lock: its own, kCellPool; all functions are thread-safe.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_CELL_POOL_H_
#define HEADROOM_ALLOCATOR_SYSTEM_CELL_POOL_H_

#include <bit>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/system/metadata_arena.h"

namespace headroom {

class CellPool {
 public:
  static constexpr uint32_t kMostCells = 1024;

  explicit constexpr CellPool(MetadataArena& arena) : arena_(arena) {}

  // `count` is a power of two, at most kMostCells. The cells hold anything;
  // null when out of memory.
  void** Allocate(uint32_t count) ABSL_LOCKS_EXCLUDED(lock_) {
    {
      LockGuard guard(lock_);
      void**& head = free_[std::bit_width(count)];
      if (head != nullptr) {
        void** cells = head;
        head = static_cast<void**>(cells[0]);
        return cells;
      }
    }
    return static_cast<void**>(
        arena_.Allocate(count * sizeof(void*), alignof(void*)));
  }

  // What Allocate(count) returned.
  void Free(void** cells, uint32_t count) ABSL_LOCKS_EXCLUDED(lock_) {
    LockGuard guard(lock_);
    void**& head = free_[std::bit_width(count)];
    cells[0] = static_cast<void*>(head);
    head = cells;
  }

  // The composition root's fork handlers.
  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_) { lock_.Acquire(); }
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_) {
    in_child ? lock_.ResetAfterFork() : lock_.Release();
  }

 private:
  friend class Measures;

  MetadataArena& arena_;
  Lock lock_{LockRank::kCellPool};
  // By the width of the count; linked through their first cells.
  void** free_[std::bit_width(kMostCells) + 1] ABSL_GUARDED_BY(lock_) = {};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_CELL_POOL_H_
