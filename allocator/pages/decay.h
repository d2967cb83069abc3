// How fast free pages go back to the kernel, as arithmetic.
//
// Role: of the dirty free pages that nobody needed during a whole window of
//   100 ms or more, releases the share that makes an idle heap shrink by half
//   each second. A heap whose free pages are in use again and again releases
//   none: the least number of dirty pages in the window counts.
// Takes from: the clock's readings. Gives to: page heap, whose lock protects
//   it. Pure: no call, no memory.
#ifndef HEADROOM_ALLOCATOR_PAGES_DECAY_H_
#define HEADROOM_ALLOCATOR_PAGES_DECAY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

inline constexpr uint64_t kDecayTickMs = 100;

// Whatever the clock says, dirty free pages beyond the larger of these two go
// back at once: a process that falls idle may never call again.
inline constexpr PageCount kDirtyFloor = BytesToPagesCeil(size_t{32} << 20);
inline constexpr PageCount DirtyCap(PageCount in_use) {
  const PageCount quarter{in_use.value / 4};
  return quarter > kDirtyFloor ? quarter : kDirtyFloor;
}

class DirtyDecay {
 public:
  // To be told of every decrease of the dirty free pages.
  void NoteDirty(PageCount dirty) {
    if (dirty < least_) least_ = dirty;
  }

  bool TickIsDue(uint64_t now_ms) const {
    return now_ms - window_start_ms_ >= kDecayTickMs;
  }

  // Ends the window: how many pages to release now. Needs TickIsDue(now_ms).
  PageCount EndWindow(uint64_t now_ms, PageCount dirty);

 private:
  uint64_t window_start_ms_ = 0;
  PageCount least_;
};

// The pages left of `pages` after `ticks` ticks of idleness; rounds down.
constexpr PageCount PagesLeftAfter(PageCount pages, uint64_t ticks) {
  constexpr uint64_t kOne = 65536;
  constexpr uint64_t kKeptPerTick = 61147;  // kOne * 2^-0.1
  constexpr uint64_t kAllGone = 400;        // 2^-40
  if (ticks >= kAllGone) return {0};
  size_t left = pages.value;
  for (; ticks > 0 && left > 0; --ticks) left = left * kKeptPerTick / kOne;
  return {left};
}

// A rest this small goes at once: it is not worth a system call a tick.
inline constexpr PageCount kLeastRelease{16};

inline PageCount DirtyDecay::EndWindow(uint64_t now_ms, PageCount dirty) {
  NoteDirty(dirty);
  const uint64_t ticks = (now_ms - window_start_ms_) / kDecayTickMs;
  PageCount due = least_ - PagesLeftAfter(least_, ticks);
  if (due < kLeastRelease) due = std::min(least_, kLeastRelease);
  window_start_ms_ = now_ms;
  least_ = dirty - due;
  return due;
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_DECAY_H_
