// The fuzzer's input as a stream of small numbers; zeros when it has run out.
//
// Takes from: nothing. Gives to: each target's operations.
#ifndef FUZZ_ENGINE_BYTE_READER_H_
#define FUZZ_ENGINE_BYTE_READER_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size)
      : begin_(data), next_(data), end_(data + size) {}

  bool empty() const { return next_ == end_; }
  // Bytes that were read so far.
  size_t position() const { return next_ - begin_; }

  uint8_t Byte() { return empty() ? uint8_t{0} : *next_++; }
  uint32_t TwoBytes() {
    const uint32_t low = Byte();
    return low | uint32_t{Byte()} << 8;
  }
  uint64_t EightBytes() {
    uint64_t word = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      word |= uint64_t{Byte()} << shift;
    }
    return word;
  }

 private:
  const uint8_t* const begin_;
  const uint8_t* next_;
  const uint8_t* const end_;
};

}  // namespace headroom

#endif  // FUZZ_ENGINE_BYTE_READER_H_
