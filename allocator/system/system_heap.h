// The heap's memory source over a real kernel: sbrk first, mmap when not.
//
// Role: grows the heap in chunks that double, survives every neighbour on the
//   break (foreign callers, shrinks, a blocked or missing break), and gives
//   blocks mappings of their own. Keeps nothing: a chunk goes to the caller
//   whole. Leaves errno as it was.
// Takes from: an Os. Gives to: metadata arena, page heap.
// Lock: its own, kSystemHeap, for kHeap growth and the counters.
// Invariant: no byte is handed out twice: ranges from sbrk lie below
//   sbrk_high_, and only what lies above is taken. The break never moves down.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_SYSTEM_HEAP_H_
#define HEADROOM_ALLOCATOR_SYSTEM_SYSTEM_HEAP_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/base/units.h"
#include "allocator/system/memory_source.h"
#include "allocator/system/move_targets.h"
#include "allocator/system/os.h"

namespace headroom {

inline constexpr size_t kFirstChunkBytes = size_t{256} << 10;
inline constexpr size_t kMaxChunkBytes = size_t{32} << 20;

struct SystemHeapStats {
  size_t sbrk_bytes = 0;      // heap memory that came from sbrk
  size_t heap_map_bytes = 0;  // heap memory that came from mmap
  size_t mapping_bytes = 0;   // kMapping memory held now
  size_t padding_bytes = 0;   // taken from sbrk and unusable
  size_t sbrk_growths = 0;
  size_t heap_map_growths = 0;
  size_t sbrk_failures = 0;
  size_t sbrk_segments = 0;  // 1 while nobody else moves the break
  size_t mappings_made = 0;
  size_t decommitted_bytes = 0;  // ever
  size_t protections = 0;        // changes of access, either way, ever
};

class SystemHeap final : public MemorySource {
 public:
  explicit constexpr SystemHeap(Os& os) : os_(os) {}

  MemoryRange Grow(size_t bytes, size_t alignment, GrowKind kind) override;
  bool Release(MemoryRange range, ReleaseMode mode) override;
  MemoryRange Resize(MemoryRange mapping, size_t bytes) override;
  MemoryRange Move(MemoryRange head, size_t bytes) override;

  SystemHeapStats stats() const;

  // The composition root's fork handlers.
  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  friend class Measures;

  MemoryRange GrowHeap(size_t bytes, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool SbrkIsWorthTrying() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  MemoryRange GrowBySbrk(size_t bytes, size_t wanted, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  MemoryRange TrySbrk(size_t bytes, size_t wanted, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  MemoryRange UseBreak(MemoryRange got, size_t bytes, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  MemoryRange GrowByMap(size_t bytes, size_t wanted, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  MemoryRange MapAligned(size_t bytes, size_t alignment);
  bool Apply(MemoryRange range, ReleaseMode mode);
  uintptr_t NextTarget(uintptr_t near, size_t bytes);

  Os& os_;
  mutable Lock lock_{LockRank::kSystemHeap};
  // The end of the highest range that sbrk ever gave us; 0: none yet.
  uintptr_t sbrk_high_ ABSL_GUARDED_BY(lock_) = 0;
  size_t next_chunk_ ABSL_GUARDED_BY(lock_) = kFirstChunkBytes;
  // After a failure, how many growths to leave sbrk alone: 1, 2, 4, ...
  uint32_t sbrk_pause_ ABSL_GUARDED_BY(lock_) = 0;
  uint32_t growths_to_skip_ ABSL_GUARDED_BY(lock_) = 0;
  MoveTargets targets_ ABSL_GUARDED_BY(lock_);
  SystemHeapStats stats_ ABSL_GUARDED_BY(lock_);
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_SYSTEM_HEAP_H_
