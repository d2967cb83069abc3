// The one lock of the heap: spins briefly, then waits on a futex.
//
// Role: mutual exclusion with a declared rank. A thread takes locks in
//   strictly rising rank; debug builds abort when it does not.
// Takes from: the futex system call. Gives to: every layer with shared state.
// Signal-safety: none; a handler may run while its thread holds one.
// Measures: a measured build counts its acquisitions, waits and holds.
// Fork: the composition root takes every lock before fork and calls
//   ResetAfterFork() in the child, where no other thread is left.
#ifndef HEADROOM_ALLOCATOR_BASE_LOCK_H_
#define HEADROOM_ALLOCATOR_BASE_LOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/build_mode.h"
#include "allocator/base/lock_measures.h"

namespace headroom {

// In the order in which they may be taken.
enum class LockRank : uint8_t {
  kStartUp = 0,
  kThreadRegistry = 1,
  kQuarantine = 2,
  kCentralFreeList = 3,  // one a class; never two at once, but for fork
  kGuardPool = 4,
  kPageHeap = 5,
  kCellPool = 6,
  kMetadataArena = 7,
  kSystemHeap = 8,
  kTraceFile = 9,  // alone
};

class ABSL_LOCKABLE Lock {
 public:
  // Only debug builds look at the rank. All zero in the others, so that arrays
  // of locks take no room in the file.
  explicit constexpr Lock(LockRank rank)
      : rank_(kDebugBuild ? rank : LockRank{}) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  void Acquire() ABSL_EXCLUSIVE_LOCK_FUNCTION();
  bool TryAcquire() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true);
  void Release() ABSL_UNLOCK_FUNCTION();

  // In the child of a fork, for a lock held by the forking thread: makes it
  // free, whoever waited for it in the parent.
  void ResetAfterFork() ABSL_UNLOCK_FUNCTION();

  // What a measured build counted; in others nothing. A TryAcquire that failed
  // is no acquisition. Both take the lock, uncounted. In a forked child, where
  // it may be held by a call that the fork interrupted, reset does not.
  LockCounts counts() ABSL_LOCKS_EXCLUDED(this);
  void ResetCounts(bool in_child) ABSL_LOCKS_EXCLUDED(this);

 private:
  using Measures = LockMeasures<kMeasuredBuild>;

  enum State : uint32_t { kFree = 0, kHeld = 1, kHeldWithWaiters = 2 };

  void AcquireSlow();
  void ReleaseWord();

  std::atomic<uint32_t> state_{kFree};
  LockRank rank_;
  [[no_unique_address]] Measures measures_;
};

class ABSL_SCOPED_LOCKABLE LockGuard {
 public:
  explicit LockGuard(Lock& lock) ABSL_EXCLUSIVE_LOCK_FUNCTION(lock)
      : lock_(lock) {
    lock_.Acquire();
  }
  ~LockGuard() ABSL_UNLOCK_FUNCTION() { lock_.Release(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Lock& lock_;
};

// Debug builds: aborts when the calling thread holds a lock of the heap.
// Release builds: nothing.
void DebugCheckNoLockHeld();

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_LOCK_H_
