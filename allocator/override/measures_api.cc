// What the measured library exports beside the rest: found by dlsym.
//
// Role: the measures' C names, and their file at the end of the process. Kept
//   out of headroom.h, because no other build has them.
// Takes from: allocator.h. Gives to: benchmarks, tests. Thread-safe.
#include <cstddef>

#include "allocator/allocator.h"
#include "allocator/measures.h"
#include "allocator/override/export.h"

extern "C" {

// Writes what was counted since the process began or was reset: one JSON
// object, see docs/measures.md.
HEADROOM_EXPORT void headroom_write_measures(int fd) noexcept {
  headroom::ProcessMeasures().Write(fd);
}

HEADROOM_EXPORT void headroom_reset_measures() noexcept {
  headroom::ProcessMeasures().Reset(/*in_child=*/false);
}

// Holds the central lock of the class that serves `bytes` for so long: what
// the measures show of it is known beforehand.
HEADROOM_EXPORT void headroom_hold_central_lock(
    size_t bytes, unsigned microseconds) noexcept {
  headroom::ProcessMeasures().HoldCentralLock(bytes, microseconds);
}

}  // extern "C"

namespace {

[[gnu::destructor]] void AppendAtExit() {
  headroom::ProcessMeasures().AppendToFile();
}

}  // namespace
