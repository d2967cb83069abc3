// Fills blocks with bytes that depend on a seed, and looks for damage.
#ifndef HEADROOM_TESTS_OVERRIDE_PATTERN_H_
#define HEADROOM_TESTS_OVERRIDE_PATTERN_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

inline unsigned char PatternByte(uint32_t seed, size_t i) {
  return static_cast<unsigned char>(seed * 31 + i * 7 + (i >> 8));
}

inline void Fill(void* block, size_t bytes, uint32_t seed) {
  auto* p = static_cast<unsigned char*>(block);
  for (size_t i = 0; i < bytes; ++i) p[i] = PatternByte(seed, i);
}

inline bool Holds(const void* block, size_t bytes, uint32_t seed) {
  const auto* p = static_cast<const unsigned char*>(block);
  for (size_t i = 0; i < bytes; ++i) {
    if (p[i] != PatternByte(seed, i)) return false;
  }
  return true;
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_OVERRIDE_PATTERN_H_
