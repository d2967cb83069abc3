#include "fuzz/heap/heap_operations.h"

#include <cstdint>

namespace headroom {
namespace {

// Where sizes turn from one kind of block to another, and the absurd.
constexpr size_t kEdges[] = {
    0,
    1,
    kMaxSmallBytes,
    kMaxSmallBytes + 1,
    size_t{64} << 10,
    size_t{1} << 20,
    LargeBlocks::kMaxSpanBytes - kBlockAlignment,
    LargeBlocks::kMaxSpanBytes,
    size_t{9} << 20,
    size_t{65} << 20,
    FuzzOs::kMostMappedBytes,
    kMaxRequestBytes,
    kMaxRequestBytes + 1,
    PTRDIFF_MAX,
    size_t{1} << 63,
    SIZE_MAX,
};

size_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  const size_t low = kind & 15;
  switch (kind >> 4) {
    case 0:
    case 1:
    case 2:
      return low * 16 + (kind >> 4) * 8;
    case 3:  // about the edge of a size class
      return UsableBytesOf(bytes.Byte() % kSizeClassCount) + low - 8;
    case 4:
    case 5:
      return bytes.TwoBytes();
    case 6:  // about a number of pages
      return bytes.Byte() * kPageBytes + low * 8;
    case 7:
      return kEdges[low] + bytes.Byte();
    case 8:
      return kEdges[low] - bytes.Byte();
    case 9:
      return kEdges[low];
    default:
      return bytes.Byte();
  }
}

// Many blocks at once are small, or an input takes seconds.
size_t ReadModestSize(ByteReader& bytes) {
  constexpr size_t kMost = 4096;
  return ReadSize(bytes) % kMost;
}

Origin ReadOrigin(ByteReader& bytes) {
  constexpr Origin kOrigins[] = {Origin::kMalloc, Origin::kNew,
                                 Origin::kNewArray};
  return kOrigins[bytes.Byte() % 3];
}

// Aligned new is a family of its own, aligned malloc is not.
Origin ReadAlignedOrigin(ByteReader& bytes) {
  constexpr Origin kOrigins[] = {Origin::kMalloc, Origin::kNewAligned,
                                 Origin::kNewArrayAligned};
  return kOrigins[bytes.Byte() % 3];
}

size_t ReadAlignment(ByteReader& bytes) {
  const uint8_t power = bytes.Byte();
  // Mostly up to 64 KiB; now and then up to 2^63.
  return size_t{1} << (power < 224 ? power % 17 : power % 64);
}

HeapState::Said ReadSaid(ByteReader& bytes) {
  return static_cast<HeapState::Said>(bytes.Byte() % 4);
}

}  // namespace

HeapOperation ReadHeapOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 30) {
    case 0:
    case 1:
    case 2:
      return AllocateOperation{ReadOrigin(bytes), ReadSize(bytes)};
    case 3:
      return AllocateZeroedOperation{ReadSize(bytes)};
    case 4:
    case 5:
      return AllocateAlignedOperation{ReadAlignedOrigin(bytes),
                                      ReadAlignment(bytes), ReadSize(bytes)};
    case 6:
    case 7:
      return AllocateManyOperation{bytes.Byte(), ReadModestSize(bytes)};
    case 8:
    case 9:
      return ReallocateOperation{bytes.TwoBytes(), ReadSize(bytes)};
    case 10:
      return FreeOperation{bytes.TwoBytes()};
    case 11:
    case 20:
    case 21:
      return FreeSizedOperation{bytes.TwoBytes(), ReadSaid(bytes),
                                bytes.TwoBytes()};
    case 12:
    case 13:
      return FreeManyOperation{bytes.Byte(), bytes.TwoBytes(), bytes.Byte()};
    case 14:
      return SwitchThreadOperation{bytes.Byte()};
    case 15:
      return EndThreadOperation{bytes.Byte() % 2 == 1};
    case 16:
      return ScavengeOperation{bytes.Byte() % 2 == 1};
    case 17:
      return ReleaseMemoryOperation{ReadSize(bytes)};
    case 18:
      return PassTimeOperation{bytes.TwoBytes() % 4096};
    case 22:
    case 23:
      return ResizeByStepsOperation{bytes.TwoBytes(), ReadSize(bytes),
                                    bytes.Byte() % 8u, bytes.Byte() % 160u};
    case 24:
      return AskSizeOperation{bytes.TwoBytes()};
    case 25:
      return ReadStatisticsOperation{};
    case 26:
      return AllocateResourceOperation{ReadAlignment(bytes), ReadSize(bytes)};
    case 27:
      return FreeResourceOperation{bytes.TwoBytes()};
    case 28:
      return UseContainerOperation{bytes.Byte() % 4u, bytes.Byte()};
    case 29:
      return TryAllocateOperation{ReadSize(bytes)};
    default:
      if (const uint8_t kind = bytes.Byte(); kind % 2 == 0) {
        return ForeignGrowOperation{ReadModestSize(bytes)};
      }
      return RefuseLaterOperation{bytes.Byte() % 16u, bytes.Byte() % 16u};
  }
}

}  // namespace headroom
