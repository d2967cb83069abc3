// 64 x 64 -> 128 bits, in two registers.
//
// Takes from: nothing. Gives to: block.
#ifndef HEADROOM_ALLOCATOR_BASE_WIDE_MULTIPLY_H_
#define HEADROOM_ALLOCATOR_BASE_WIDE_MULTIPLY_H_

#include <cstdint>

namespace headroom {

struct WideProduct {
  uint64_t low;
  uint64_t high;
};

inline WideProduct WideMultiply(uint64_t a, uint64_t b) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  // g++ 12 reserves register pairs for __int128, and so pushes three
  // registers on malloc's hit path.
  WideProduct product;
  asm("mulq %3"
      : "=a"(product.low), "=d"(product.high)
      : "%0"(a), "r"(b)
      : "cc");
  return product;
#else
  const auto product = static_cast<unsigned __int128>(a) * b;
  return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
#endif
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_WIDE_MULTIPLY_H_
