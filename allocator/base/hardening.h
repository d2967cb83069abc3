// What several options mean together.
//
// Role: questions that slow paths ask. The default level says no to all of
//   them; "strict" yes, but for a trace.
// Takes from: options. Gives to: front, the composition root.
#ifndef HEADROOM_ALLOCATOR_BASE_HARDENING_H_
#define HEADROOM_ALLOCATOR_BASE_HARDENING_H_

#include "allocator/base/options.h"

namespace headroom {

// Does every block have a tail (see front/block_tail.h)?
inline constexpr bool HasTails(const Options& options) {
  return options.tail_canary != 0 || options.check_origin != 0;
}

// Is every call written down?
inline constexpr bool IsTraced(const Options& options) {
  return options.trace != 0;
}

// May no call end on a hit path?
inline constexpr bool ClosesHitPaths(const Options& options) {
  return HasTails(options) || options.zero_on_free != 0 ||
         options.zero_size_page != 0 || options.quarantine != 0 ||
         IsTraced(options);
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_HARDENING_H_
