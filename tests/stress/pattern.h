// Blocks that tell when somebody else wrote into them.
//
// Role: fills a block with a byte made of its address and its size, and looks
//   for it: a block handed out twice, moved badly or written behind its end
//   does not pass.
#ifndef HEADROOM_TESTS_STRESS_PATTERN_H_
#define HEADROOM_TESTS_STRESS_PATTERN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace headroom {

// All of this much at a block's start, then its last bytes.
inline constexpr size_t kPatternHead = 2048;
inline constexpr size_t kPatternTail = 64;

inline unsigned char PatternOf(const void* block, size_t bytes) {
  const uint64_t mixed =
      (reinterpret_cast<uintptr_t>(block) + bytes) * 0x9e3779b97f4a7c15;
  return static_cast<unsigned char>(mixed >> 56);
}

inline void FillPattern(void* block, size_t bytes, unsigned char pattern) {
  const size_t tail = std::min(bytes, kPatternTail);
  memset(block, pattern, std::min(bytes, kPatternHead));
  memset(static_cast<char*>(block) + bytes - tail, pattern, tail);
}

inline bool IsAll(const void* start, size_t bytes, unsigned char pattern) {
  const auto* p = static_cast<const unsigned char*>(start);
  return bytes == 0 || (p[0] == pattern && memcmp(p, p + 1, bytes - 1) == 0);
}

inline bool HasPattern(const void* block, size_t bytes, unsigned char pattern) {
  const size_t tail = std::min(bytes, kPatternTail);
  return IsAll(block, std::min(bytes, kPatternHead), pattern) &&
         IsAll(static_cast<const char*>(block) + bytes - tail, tail, pattern);
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_STRESS_PATTERN_H_
