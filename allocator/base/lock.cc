#include "allocator/base/lock.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "allocator/base/build_mode.h"
#include "allocator/base/misuse.h"

namespace headroom {
namespace {

// About a microsecond; a critical section of ours is shorter.
constexpr int kSpins = 100;

inline void SpinHint() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

long Futex(std::atomic<uint32_t>* word, int operation, uint32_t value) {
  const int saved_errno = errno;
  const long result =
      syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, nullptr);
  errno = saved_errno;
  return result;
}

// Ranks held by this thread, one bit each; debug builds only.
[[maybe_unused]] thread_local uint32_t held_ranks = 0;

void NoteAcquired([[maybe_unused]] LockRank rank,
                  [[maybe_unused]] const Lock* lock) {
  if constexpr (kDebugBuild) {
    const uint32_t bit = 1u << static_cast<int>(rank);
    // The same rank twice is what fork does with the classes, in order.
    if (held_ranks >= 2 * bit) ReportMisuse(Misuse::kLockOrder, lock);
    held_ranks |= bit;
  }
}

void NoteReleased([[maybe_unused]] LockRank rank) {
  if constexpr (kDebugBuild) {
    held_ranks &= ~(1u << static_cast<int>(rank));
  }
}

}  // namespace

void Lock::Acquire() {
  NoteAcquired(rank_, this);
  uint32_t expected = kFree;
  if (!state_.compare_exchange_strong(expected, kHeld,
                                      std::memory_order_acquire)) {
    const uint64_t asked_ns = Measures::Now();
    AcquireSlow();
    measures_.NoteAcquired(asked_ns);
    return;
  }
  measures_.NoteAcquired();
}

bool Lock::TryAcquire() {
  uint32_t expected = kFree;
  if (!state_.compare_exchange_strong(expected, kHeld,
                                      std::memory_order_acquire)) {
    return false;
  }
  NoteAcquired(rank_, this);
  measures_.NoteAcquired();
  return true;
}

void Lock::AcquireSlow() {
  for (int i = 0; i < kSpins; ++i) {
    SpinHint();
    uint32_t expected = kFree;
    if (state_.load(std::memory_order_relaxed) == kFree &&
        state_.compare_exchange_strong(expected, kHeld,
                                       std::memory_order_acquire)) {
      return;
    }
  }
  while (state_.exchange(kHeldWithWaiters, std::memory_order_acquire) !=
         kFree) {
    Futex(&state_, FUTEX_WAIT, kHeldWithWaiters);
  }
}

void Lock::Release() {
  NoteReleased(rank_);
  measures_.NoteReleased();
  ReleaseWord();
}

void Lock::ReleaseWord() {
  if (state_.exchange(kFree, std::memory_order_release) == kHeldWithWaiters) {
    Futex(&state_, FUTEX_WAKE, 1);
  }
}

void Lock::ResetAfterFork() {
  NoteReleased(rank_);
  state_.store(kFree, std::memory_order_release);
}

LockCounts Lock::counts() {
  NoteAcquired(rank_, this);
  AcquireSlow();
  const LockCounts counts = measures_.counts();
  NoteReleased(rank_);
  ReleaseWord();
  return counts;
}

void Lock::ResetCounts(bool in_child) {
  if (in_child) {
    measures_.Reset();
    return;
  }
  NoteAcquired(rank_, this);
  AcquireSlow();
  measures_.Reset();
  NoteReleased(rank_);
  ReleaseWord();
}

void DebugCheckNoLockHeld() {
  if constexpr (kDebugBuild) {
    if (held_ranks != 0) {
      ReportMisuse(Misuse::kAllocationUnderLock, nullptr);
    }
  }
}

}  // namespace headroom
