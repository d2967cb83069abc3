#include "fuzz/size_classes/size_classes_operations.h"

#include "allocator/front/large_blocks.h"

namespace headroom {
namespace {

size_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  switch (kind % 8) {
    case 0:
    case 1:
      return bytes.TwoBytes() % (kMaxSmallBytes + 1);
    case 2:
      return UsableBytesOf(static_cast<SizeClass>(kind / 8 * 3)) +
             bytes.Byte() % 16;
    case 3:  // about a number of pages
      return kind / 8 * kPageBytes + bytes.TwoBytes();
    case 4:  // about the largest span
      return LargeBlocks::kMaxSpanBytes - kPageBytes + bytes.TwoBytes();
    case 5:  // about a power of two
      return (size_t{1} << (15 + kind / 8)) + bytes.TwoBytes() - 32768;
    case 6:
      return kMaxRequestBytes - bytes.TwoBytes();
    default:
      return bytes.EightBytes();
  }
}

}  // namespace

SizeClassesOperation ReadSizeClassesOperation(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  switch (kind % 6) {
    case 0:
    case 1:
      return CheckSizeOperation{ReadSize(bytes)};
    case 2:
    case 3: {
      const size_t size = ReadSize(bytes);
      return CheckGoodSizeOperation{size, size_t{16} << bytes.Byte() % 44};
    }
    case 4:
      return CheckClassOperation{bytes.Byte() % kSizeClassCount};
    default:
      return CheckPayloadOperation{kind < 200 ? bytes.TwoBytes()
                                              : bytes.EightBytes()};
  }
}

}  // namespace headroom
