// The heap's clock: cheap, coarse, injectable.
//
// Role: tells decay how old a free page is. A function pointer, so that tests
//   turn the hands themselves.
// Takes from: the vDSO. Gives to: page heap, maintenance.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_CLOCK_H_
#define HEADROOM_ALLOCATOR_SYSTEM_CLOCK_H_

#include <time.h>

#include <cstdint>

#include "allocator/system/errno_guard.h"

namespace headroom {

using MillisecondClock = uint64_t (*)();

// Never goes back; ticks every few milliseconds; async-signal-safe; keeps
// errno.
inline uint64_t MonotonicMilliseconds() {
  const ErrnoGuard errno_guard;
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 +
         static_cast<uint64_t>(now.tv_nsec) / 1000000;
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_CLOCK_H_
