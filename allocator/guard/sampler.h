// Which allocation is the next to be guarded.
//
// Role: one in N on average, at distances that no loop of the program's can
//   fall in step with. Arithmetic only; the caller counts.
// Takes from: nothing. Gives to: front, one for each thread.
#ifndef HEADROOM_ALLOCATOR_GUARD_SAMPLER_H_
#define HEADROOM_ALLOCATOR_GUARD_SAMPLER_H_

#include <cstdint>

#include "allocator/guard/xorshift.h"

namespace headroom {

class Sampler {
 public:
  // What Next() says when sampling is off: begin again after so many.
  static constexpr uint32_t kNever = UINT32_MAX;
  static constexpr uint32_t kMaxEvery = uint32_t{1} << 30;

  constexpr Sampler() = default;
  // Threads with different seeds take different allocations. `every`: N, 0 is
  // off, 1 is every allocation.
  constexpr Sampler(uint64_t seed, uint32_t every)
      : every_(every < kMaxEvery ? every : kMaxEvery), random_(seed) {}

  constexpr bool is_on() const { return every_ != 0; }

  // How many allocations from now the next sample is: 1 is the very next.
  // Uniform in [1, 2N - 1].
  constexpr uint32_t Next() {
    if (!is_on()) return kNever;
    return 1 + random_.Below(2 * every_ - 1);
  }

 private:
  uint32_t every_ = 0;
  Xorshift random_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_GUARD_SAMPLER_H_
