// Memory for the heap's own bookkeeping: taken, never given back.
//
// Role: cuts small zeroed pieces from chunks that are mappings of their own,
//   far from any user's block.
// Takes from: a memory source. Gives to: page map, object pools, thread
//   registry.
// Lock: its own, kMetadataArena; Allocate is thread-safe.
// Invariant: used_bytes <= held_bytes.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_METADATA_ARENA_H_
#define HEADROOM_ALLOCATOR_SYSTEM_METADATA_ARENA_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/base/memory_checker.h"
#include "allocator/base/units.h"
#include "allocator/system/memory_source.h"

namespace headroom {

inline constexpr size_t kArenaChunkBytes = size_t{128} << 10;

struct MetadataArenaStats {
  size_t held_bytes = 0;  // from the source
  size_t used_bytes = 0;  // handed out
};

class MetadataArena {
 public:
  // Between pieces, where a memory checker sees whoever overruns one.
  static constexpr size_t kGapBytes = MemoryChecker::kPresent ? 16 : 0;

  explicit constexpr MetadataArena(MemorySource& source) : source_(source) {}

  // Zeroed; never freed. `alignment` is a power of two <= kKernelPageBytes.
  // nullptr when out of memory; errno unchanged.
  void* Allocate(size_t bytes, size_t alignment);

  MetadataArenaStats stats() const;

  // The composition root's fork handlers.
  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  friend class Measures;

  MemoryRange TakeFromSource(size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  MemorySource& source_;
  mutable Lock lock_{LockRank::kMetadataArena};
  uintptr_t cursor_ ABSL_GUARDED_BY(lock_) = 0;
  uintptr_t chunk_end_ ABSL_GUARDED_BY(lock_) = 0;
  MetadataArenaStats stats_ ABSL_GUARDED_BY(lock_);
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_METADATA_ARENA_H_
