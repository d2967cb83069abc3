// All thread caches: birth, death, and what they hold together.
//
// Role: makes a cache for a thread, takes it back when the thread ends, and
//   keeps the list of the living for statistics and fork.
// Takes from: metadata arena, thread_cache. Gives to: front, the composition
//   root. Lock: kThreadRegistry, never held while blocks travel.
#ifndef HEADROOM_ALLOCATOR_THREAD_THREAD_REGISTRY_H_
#define HEADROOM_ALLOCATOR_THREAD_THREAD_REGISTRY_H_

#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/object_pool.h"
#include "allocator/thread/thread_cache.h"

namespace headroom {

class ThreadRegistry {
 public:
  constexpr ThreadRegistry(MetadataArena& arena, ThreadCache::Supply supply)
      : supply_(supply), caches_(arena) {}

  // A new cache for the calling thread; null when out of memory.
  ThreadCache* Attach() ABSL_LOCKS_EXCLUDED(lock_);
  // Flushes `cache` and forgets it. Called by its owner, once.
  void Detach(ThreadCache* cache) ABSL_LOCKS_EXCLUDED(lock_);

  // In a forked child: forgets all caches but `own`, the forking thread's (or
  // null). Their threads are gone, and may have been in the middle of a call,
  // so what they held is lost; their budget is not.
  void ForgetAllBut(ThreadCache* own) ABSL_LOCKS_EXCLUDED(lock_);

  // Blocks of `size_class` in all caches.
  uint64_t cached_blocks(SizeClass size_class) ABSL_LOCKS_EXCLUDED(lock_);
  uint32_t cache_count() ABSL_LOCKS_EXCLUDED(lock_);

  const ThreadCache::Supply& supply() const { return supply_; }

  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_);
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_);

 private:
  friend struct DebugLayout;

  const ThreadCache::Supply supply_;
  Lock lock_{LockRank::kThreadRegistry};
  ObjectPool<ThreadCache> caches_ ABSL_GUARDED_BY(lock_);
  ThreadCache* head_ ABSL_GUARDED_BY(lock_) = nullptr;
  uint32_t count_ ABSL_GUARDED_BY(lock_) = 0;
  uint32_t next_shard_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_THREAD_REGISTRY_H_
