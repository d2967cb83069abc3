// The words of a recorded trace: one source for who writes and who reads it.
//
// Role: kinds of calls, numbers of few bytes. bench/replay/README.md has the
//   format.
// Takes from: nothing. Gives to: trace_buffer, bench/replay. Pure.
#ifndef HEADROOM_ALLOCATOR_TRACE_TRACE_FORMAT_H_
#define HEADROOM_ALLOCATOR_TRACE_TRACE_FORMAT_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

// How a recorded file begins; its last byte is the version.
inline constexpr char kRecordedMagic[8] = {'H', 'R', '-',  'R',
                                           'E', 'C', '\n', 1};

enum class TracedCall : uint8_t {
  kMalloc,   // operator new, too
  kCalloc,   // its bytes in all
  kAligned,  // of any name
  kRealloc,  // of a block, to a size that is not 0
  kFree,     // of any name
};
inline constexpr int kTracedCallBits = 3;

// Blocks start at multiples of so many bytes; addresses count them.
inline constexpr size_t kAddressUnit = 16;

inline constexpr size_t kMostVarintBytes = 10;

// Seven bits a byte, the lowest first; the last byte's highest bit is 0.
// Returns the end of what it wrote.
inline unsigned char* PutVarint(unsigned char* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    *out++ = static_cast<unsigned char>(value | 0x80);
  }
  *out++ = static_cast<unsigned char>(value);
  return out;
}

// Small for small differences of either sign.
constexpr uint64_t ZigZag(uint64_t difference) {
  return difference << 1 ^ (uint64_t{0} - (difference >> 63));
}
constexpr uint64_t UnZigZag(uint64_t value) {
  return value >> 1 ^ (uint64_t{0} - (value & 1));
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_TRACE_TRACE_FORMAT_H_
