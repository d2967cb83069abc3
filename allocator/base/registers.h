// Single instructions of the hit paths that g++ 12 makes more of.
//
// Takes from: nothing. Gives to: thread, front.
#ifndef HEADROOM_ALLOCATOR_BASE_REGISTERS_H_
#define HEADROOM_ALLOCATOR_BASE_REGISTERS_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

// Keeps a function's first argument where the caller put it, up to here: it is
// else moved to another register, for nothing.
[[gnu::always_inline]] inline void KeepFirstArgument(size_t argument) {
#if defined(__x86_64__)
  asm("" : : "D"(argument));
#else
  asm("" : : "r"(argument));
#endif
}

// The two bytes in front of `block` by 8. Where they cannot be read, the fault
// finds `block` in the register of a function's first argument.
[[gnu::always_inline]] inline uint64_t Read16InFront(const void* block) {
  using Part [[gnu::aligned(1), gnu::may_alias]] = const uint16_t;
  Part& part = static_cast<Part*>(block)[-4];
#if defined(__x86_64__)
  uint64_t value;
  asm("movzwl -8(%1), %k0" : "=r"(value) : "D"(block), "m"(part));
  return value;
#else
  return part;
#endif
}

// --count == 0.
[[gnu::always_inline]] inline bool CountDown(uint64_t& count) {
#if defined(__x86_64__)
  bool is_zero;
  asm("decq %0" : "+m"(count), "=@ccz"(is_zero) : : "cc");
  return is_zero;
#else
  return --count == 0;
#endif
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_REGISTERS_H_
