// Random numbers for choices that need no secret.
//
// Takes from: nothing. Gives to: sampler, guard pool.
#ifndef HEADROOM_ALLOCATOR_GUARD_XORSHIFT_H_
#define HEADROOM_ALLOCATOR_GUARD_XORSHIFT_H_

#include <cstdint>

namespace headroom {

// Marsaglia's xorshift of 64 bits, its output multiplied (Vigna's star).
class Xorshift {
 public:
  constexpr Xorshift() = default;
  explicit constexpr Xorshift(uint64_t seed) { Seed(seed); }

  // Any seed will do, also 0.
  constexpr void Seed(uint64_t seed) {
    // A few bits of difference become many; 0 is the one state it never leaves.
    state_ = (seed ^ (seed >> 33)) * 0xff51afd7ed558ccdu;
    if (state_ == 0) state_ = kDefaultState;
  }

  constexpr uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1du;
  }

  // In [0, bound), for a bound other than 0.
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>(((Next() >> 32) * bound) >> 32);
  }

 private:
  static constexpr uint64_t kDefaultState = 0x9e3779b97f4a7c15u;
  uint64_t state_ = kDefaultState;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_GUARD_XORSHIFT_H_
