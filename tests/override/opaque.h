// Keeps the compiler from knowing what malloc is, so that it neither removes
// calls nor warns about sizes that no block can have.
#ifndef HEADROOM_TESTS_OVERRIDE_OPAQUE_H_
#define HEADROOM_TESTS_OVERRIDE_OPAQUE_H_

namespace headroom {

template <typename T>
T Opaque(T value) {
  __asm__ volatile("" : "+r"(value) : : "memory");
  return value;
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_OVERRIDE_OPAQUE_H_
