// Where memory is moved to: never where something was a while ago.
//
// Role: goes down through a window far below the kernel's own choice of
//   addresses, and begins again at its top. So an old pointer into what was
//   moved, or freed after it was moved, meets nothing until the window has been
//   gone through. Huge pages' bounds: then the kernel moves page tables, not
//   entries.
// Takes from: base. Gives to: system heap, whose lock protects it. Pure.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_MOVE_TARGETS_H_
#define HEADROOM_ALLOCATOR_SYSTEM_MOVE_TARGETS_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

inline constexpr size_t kHugePageBytes = size_t{2} << 20;
// The window, and how far below the first range that is moved it ends.
inline constexpr size_t kMoveWindow = size_t{8} << 30;
inline constexpr size_t kMoveDistance = size_t{16} << 30;
// So many moves of the largest range at least before an address comes again.
inline constexpr size_t kMostMovedBytes = kMoveWindow / 16;

class MoveTargets {
 public:
  // Where to move `bytes` from `near` to; 0: too many bytes, or no room.
  uintptr_t Next(uintptr_t near, size_t bytes) {
    if (bytes > kMostMovedBytes) return 0;
    if (top_ == 0) {
      if (near < 2 * (kMoveDistance + kMoveWindow)) return 0;
      top_ = next_ = AlignDown(near - kMoveDistance, kHugePageBytes);
    }
    if (next_ - bytes < top_ - kMoveWindow) next_ = top_;
    next_ = AlignDown(next_ - bytes, kHugePageBytes);
    return next_;
  }

 private:
  uintptr_t top_ = 0;  // 0: nothing was moved yet
  uintptr_t next_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_MOVE_TARGETS_H_
