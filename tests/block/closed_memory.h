// What tests do to memory that is nobody's: behind blocks, and after a free.
//
// Role: memory checkers keep everybody but the heap from it (see
//   allocator/base/memory_checker.h); who plays a program that goes wrong, or
//   looks at what the heap wrote there, says so by these.
#ifndef HEADROOM_TESTS_BLOCK_CLOSED_MEMORY_H_
#define HEADROOM_TESTS_BLOCK_CLOSED_MEMORY_H_

#include <cstddef>
#include <vector>

#include "allocator/base/memory_checker.h"

namespace headroom {

// A byte of closed memory.
class ClosedByte {
 public:
  explicit ClosedByte(void* at) : at_(at) {}
  operator unsigned char() const {  // NOLINT(google-explicit-constructor)
    return MemoryChecker::Load<unsigned char>(at_);
  }
  ClosedByte& operator=(unsigned char value) {
    MemoryChecker::Store(at_, value);
    return *this;
  }

 private:
  void* const at_;
};

inline void FillClosed(void* to, unsigned char value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    ClosedByte(static_cast<char*>(to) + i) = value;
  }
}

inline void WriteClosed(void* to, const void* from, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    ClosedByte(static_cast<char*>(to) + i) =
        static_cast<const unsigned char*>(from)[i];
  }
}

inline std::vector<char> ReadClosed(const void* from, size_t bytes) {
  std::vector<char> read(bytes);
  for (size_t i = 0; i < bytes; ++i) {
    read[i] = MemoryChecker::Load<char>(static_cast<const char*>(from) + i);
  }
  return read;
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_BLOCK_CLOSED_MEMORY_H_
