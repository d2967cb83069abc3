// The fuzzer's input as a stream of small numbers; zeros when it has run out.
//
// Takes from: nothing. Gives to: heap_operations.
#ifndef FUZZ_BYTE_READER_H_
#define FUZZ_BYTE_READER_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size)
      : next_(data), end_(data + size) {}

  bool empty() const { return next_ == end_; }

  uint8_t Byte() { return empty() ? uint8_t{0} : *next_++; }
  uint32_t TwoBytes() {
    const uint32_t low = Byte();
    return low | uint32_t{Byte()} << 8;
  }

 private:
  const uint8_t* next_;
  const uint8_t* end_;
};

}  // namespace headroom

#endif  // FUZZ_BYTE_READER_H_
