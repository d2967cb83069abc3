// All thread caches: birth, death, and what they hold together.
//
// Role: makes a cache for a thread, takes it back when the thread ends, and
//   keeps the list of all for statistics and fork. A small cache is parked
//   with what it holds, for the next thread: so a short life moves no block.
//   Parked ones are flushed when they get old, and before the heap grows.
// Takes from: metadata arena, thread_cache. Gives to: front, the composition
//   root. Lock: kThreadRegistry, never held while blocks travel.
// Invariant: the list holds the caches of the living, those parked, and those
//   being flushed; count_ is that of the living.
#ifndef HEADROOM_ALLOCATOR_THREAD_THREAD_REGISTRY_H_
#define HEADROOM_ALLOCATOR_THREAD_THREAD_REGISTRY_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/base/tally.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/object_pool.h"
#include "allocator/thread/thread_cache.h"

namespace headroom {

class ThreadRegistry final : public ParkedCaches {
 public:
  static constexpr uint32_t kMostParked = 8;
  // Of one cache's reservation; a class of 100 blocks may have a quarter.
  static constexpr size_t kMostParkedBytes = size_t{1} << 20;

  constexpr ThreadRegistry(MetadataArena& arena, ThreadCache::Supply supply)
      : supply_(supply), caches_(arena) {}

  // A cache for the calling thread, the one parked last or a new one; null
  // when out of memory.
  ThreadCache* Attach() ABSL_LOCKS_EXCLUDED(lock_);
  // Parks `cache`, or flushes and forgets it. Called by its owner, once.
  void Detach(ThreadCache* cache) ABSL_LOCKS_EXCLUDED(lock_);

  bool FlushParked(uint64_t now_ms) override ABSL_LOCKS_EXCLUDED(lock_);

  // In a forked child: forgets all caches but `own`, the forking thread's (or
  // null), and those parked. The other threads are gone, and may have been in
  // the middle of a call, so what they held is lost; their budget is not.
  void ForgetAllBut(ThreadCache* own) ABSL_LOCKS_EXCLUDED(lock_);

  // Blocks of `size_class` in all caches.
  uint64_t cached_blocks(SizeClass size_class) ABSL_LOCKS_EXCLUDED(lock_);
  // Of living threads.
  uint32_t cache_count() ABSL_LOCKS_EXCLUDED(lock_);
  uint32_t parked_count() ABSL_LOCKS_EXCLUDED(lock_);

  // Of all caches, those of threads that ended included. In a forked child,
  // where the lock may be held by a call that the fork interrupted, reset does
  // not take it.
  HitCounts tally() ABSL_LOCKS_EXCLUDED(lock_);
  void ResetTally(bool in_child) ABSL_LOCKS_EXCLUDED(lock_);

  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_);
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_);

 private:
  friend class Measures;
  friend struct DebugLayout;

  struct Parked {
    ThreadCache* cache;
    uint64_t since_ms;
  };

  bool TryPark(ThreadCache* cache, uint64_t now_ms) ABSL_LOCKS_EXCLUDED(lock_);
  ThreadCache* TakeParked(uint64_t now_ms) ABSL_LOCKS_EXCLUDED(lock_);
  void FlushAndForget(ThreadCache* cache) ABSL_LOCKS_EXCLUDED(lock_);
  void Link(ThreadCache* cache) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Unlink(ThreadCache* cache) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  const ThreadCache::Supply supply_;
  Lock lock_{LockRank::kThreadRegistry};
  ObjectPool<ThreadCache> caches_ ABSL_GUARDED_BY(lock_);
  ThreadCache* head_ ABSL_GUARDED_BY(lock_) = nullptr;
  uint32_t count_ ABSL_GUARDED_BY(lock_) = 0;
  uint32_t next_shard_ ABSL_GUARDED_BY(lock_) = 0;
  // Oldest first.
  Parked parked_[kMostParked] ABSL_GUARDED_BY(lock_) = {};
  uint32_t parked_count_ ABSL_GUARDED_BY(lock_) = 0;
  // Of the caches that are gone.
  [[no_unique_address]] Tally gone_ ABSL_GUARDED_BY(lock_);
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_THREAD_REGISTRY_H_
