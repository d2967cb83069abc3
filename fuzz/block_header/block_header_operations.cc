#include "fuzz/block_header/block_header_operations.h"

namespace headroom {
namespace {

State ReadState(ByteReader& bytes) {
  return static_cast<State>(bytes.Byte() % kStates);
}

// Near each other, where headers are alike, or anywhere.
uintptr_t ReadAddress(ByteReader& bytes) {
  constexpr uintptr_t kHeapAddress = 0x7f1234560000;
  const uint8_t kind = bytes.Byte();
  if (kind < 128) return kHeapAddress + uintptr_t{kind} * 16;
  if (kind < 192) return kHeapAddress + bytes.TwoBytes() * 16;
  return bytes.EightBytes();
}

// Mostly what some block might have in front of it.
uint64_t ReadWord(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 32) return kind;
  if (kind < 64) return ~uint64_t{kind & 31u};
  if (kind < 96) return uint64_t{0x0101010101010101} * bytes.Byte();
  return bytes.EightBytes();
}

}  // namespace

BlockHeaderOperation ReadBlockHeaderOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 11) {
    case 0:
    case 1:
    case 2:
      return SealOperation{ReadAddress(bytes), ReadState(bytes), bytes.Byte()};
    case 3:
      return TryAnyOperation{ReadAddress(bytes), ReadState(bytes),
                             ReadWord(bytes)};
    case 4:
      return FlipOperation{bytes.Byte(), bytes.Byte() % 64u,
                           bytes.Byte() % 64u};
    case 5:
      return ReplayOperation{bytes.Byte(), bytes.Byte(), ReadState(bytes)};
    case 6:
      return SpliceOperation{bytes.Byte(), bytes.Byte(), bytes.Byte(),
                             bytes.Byte()};
    case 7:
    case 8:
      return CombineOperation{
          static_cast<BlockHeaderState::Mixture>(bytes.Byte() % 5),
          bytes.Byte(), bytes.Byte(), bytes.Byte(), bytes.Byte()};
    case 9:
      return WriteLiveOperation{bytes.TwoBytes(), ReadState(bytes),
                                bytes.Byte()};
    default:
      return WriteWordOperation{bytes.TwoBytes(), ReadWord(bytes)};
  }
}

}  // namespace headroom
