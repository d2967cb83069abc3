// Reads a file's bytes, which may be anything.
//
// Role: every number is checked before it is believed; the first that is wrong
//   makes the reader fail, and from then on it reads zeros.
// Takes from: nothing. Gives to: recording, trace_codec.
#ifndef BENCH_REPLAY_BYTE_READER_H_
#define BENCH_REPLAY_BYTE_READER_H_

#include <cstdint>
#include <string_view>

namespace headroom::replay {

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

  uint8_t Byte() {
    if (rest_.empty()) return static_cast<uint8_t>(Fail());
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint64_t byte = Byte();
      // Of the tenth byte, one bit is the number's.
      if (shift == 63 && byte > 1) return Fail();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }

  uint64_t Word() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      value |= uint64_t{Byte()} << shift;
    }
    return value;
  }

  // A number of things of at least a byte each.
  uint64_t Count() {
    const uint64_t count = Varint();
    return count <= left() ? count : Fail();
  }

  std::string_view Piece(uint64_t bytes) {
    if (bytes > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view piece = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return piece;
  }

 private:
  uint64_t Fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_BYTE_READER_H_
