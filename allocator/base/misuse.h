// Every message the allocator can die with, and the one way to say it.
//
// Role: turns a detected misuse or a broken invariant into one line on
//   standard error, then abort(). Raw write(2), no allocation, no lock: safe
//   in a signal handler and while any lock is held.
// Takes from: libc's write and abort. Gives to: everyone.
#ifndef HEADROOM_ALLOCATOR_BASE_MISUSE_H_
#define HEADROOM_ALLOCATOR_BASE_MISUSE_H_

#include <cstdint>

#include "allocator/base/build_mode.h"

namespace headroom {

enum class Misuse : uint8_t {
  kDoubleFree,
  kInvalidFree,
  kMisalignedFree,
  kInvalidRealloc,
  kInvalidUsableSize,
  kCorruptFreeBlock,
  kCorruptHeader,
  kLockOrder,
  kAllocationUnderLock,
  kInternal,
};

// The fixed text of `misuse`, without newline.
const char* MisuseText(Misuse misuse);

// Writes "headroom: <text>: pointer 0x...\n" to standard error and aborts.
[[noreturn, gnu::cold, gnu::noinline]] void ReportMisuse(Misuse misuse,
                                                         const void* pointer);

// Aborts when `ok` is false. For invariants whose failure means that heap
// metadata is damaged; checked in every build.
inline void Check(bool ok, const void* where) {
  if (!ok) [[unlikely]] {
    ReportMisuse(Misuse::kInternal, where);
  }
}

// As Check, in debug builds only.
inline void DebugCheck(bool ok, const void* where) {
  if constexpr (kDebugBuild) Check(ok, where);
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MISUSE_H_
