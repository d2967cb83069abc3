// Arithmetic on whole registers that compilers do in more instructions.
//
// Takes from: nothing. Gives to: block.
#ifndef HEADROOM_ALLOCATOR_BASE_WIDE_MULTIPLY_H_
#define HEADROOM_ALLOCATOR_BASE_WIDE_MULTIPLY_H_

#include <cstdint>

namespace headroom {

// Two bytes of anything, anywhere.
using Unaligned16 [[gnu::aligned(1), gnu::may_alias]] = uint16_t;

struct WideProduct {
  uint64_t low;
  uint64_t high;
};

// a * key, 64 x 64 -> 128 bits, in two registers. `key` by reference: it is
// read where it is needed, in the instruction that needs it.
inline WideProduct WideMultiply(uint64_t a, const uint64_t& key) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  // g++ 12 reserves register pairs for __int128, and so pushes three
  // registers on malloc's hit path.
  WideProduct product;
  asm("mulq %3"
      : "=a"(product.low), "=d"(product.high)
      : "0"(a), "m"(key)
      : "cc");
  return product;
#else
  const auto product = static_cast<unsigned __int128>(a) * key;
  return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
#endif
}

// `word` with its low 16 bits replaced by those of `low`, the rest of which is
// ignored.
inline uint64_t WithLow16(uint64_t word, uint64_t low) {
#if defined(__x86_64__) && defined(__GNUC__)
  asm("movw %w1, %w0" : "+r"(word) : "r"(low));
  return word;
#else
  return (word & ~uint64_t{0xffff}) | (low & 0xffff);
#endif
}

inline uint64_t WithLow16(uint64_t word, const Unaligned16& low) {
#if defined(__x86_64__) && defined(__GNUC__)
  asm("movw %1, %w0" : "+r"(word) : "m"(low));
  return word;
#else
  return WithLow16(word, uint64_t{low});
#endif
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_WIDE_MULTIPLY_H_
