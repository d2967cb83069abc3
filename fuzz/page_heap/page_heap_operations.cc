#include "fuzz/page_heap/page_heap_operations.h"

#include <algorithm>
#include <cstdint>

namespace headroom {
namespace {

// What is more than the kernel has, and what overflows.
constexpr size_t kAbsurdPages[] = {size_t{1} << 16, size_t{1} << 34,
                                   size_t{1} << 50, SIZE_MAX >> kPageShift};

size_t ReadPages(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 160) return kind % 16 + 1;
  if (kind < 224) return kind - 159u;
  if (kind < 248) return bytes.Byte() * size_t{2};
  if (kind < 254) return bytes.TwoBytes() % 8192;
  return kAbsurdPages[bytes.Byte() % 4];
}

size_t ReadAlignment(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 192) return kPageBytes;
  if (kind < 250) return kPageBytes << kind % 8;
  return kPageBytes << kind % 51;
}

size_t ReadBlockAlignment(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  return kBlockAlignment << (kind < 128 ? 0 : kind % 14);
}

size_t ReadTail(ByteReader& bytes, size_t pages) {
  const uint8_t kind = bytes.Byte();
  if (kind % 2 == 0 || pages == 0) return 0;
  return std::min(
      (1 + kind / 2 % 4) * kKernelPageBytes,
      PageCount{std::min<size_t>(pages, 4)}.bytes() - kKernelPageBytes);
}

// The kernel copies what it moves, and that is slow.
size_t ReadMappingBytes(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 200) return bytes.TwoBytes();
  if (kind < 250) return bytes.TwoBytes() * size_t{64};
  return size_t{1} << (bytes.Byte() % 64);
}

NewSpanOperation ReadNewSpan(ByteReader& bytes, uint32_t count) {
  const size_t pages = ReadPages(bytes);
  const SpanUse use = bytes.Byte() % 3 == 0 ? SpanUse::kSmall : SpanUse::kLarge;
  const size_t alignment = ReadAlignment(bytes);
  return {count, pages, use, alignment,
          use == SpanUse::kLarge ? ReadTail(bytes, pages) : 0};
}

NewMappingOperation ReadNewMapping(ByteReader& bytes) {
  const size_t size = ReadMappingBytes(bytes);
  const size_t alignment = ReadBlockAlignment(bytes);
  const uint8_t kind = bytes.Byte();
  return {size, alignment, kind % 2 == 1, bytes.Byte() % 2 == 1, kind < 128};
}

size_t ReadKeep(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  return kind < 64 ? 0 : (kind % 64) << 18;
}

}  // namespace

std::string Expression(SpanUse use) {
  constexpr const char* kNames[] = {"kFree", "kSmall", "kLarge", "kMapping"};
  return std::string("SpanUse::") + kNames[static_cast<int>(use)];
}

PageHeapOperation ReadPageHeapOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 18) {
    case 0:
    case 1:
    case 2:
    case 3:
      return ReadNewSpan(bytes, 1);
    case 4:
      return ReadNewSpan(bytes, bytes.Byte() % 16u);
    case 5:
    case 6:
    case 7:
      return DeleteSpanOperation{1, bytes.Byte(), 0, bytes.Byte() % 2 == 1};
    case 8:
      return DeleteSpanOperation{bytes.Byte() % 16u, bytes.Byte(), bytes.Byte(),
                                 bytes.Byte() % 2 == 1};
    case 9:
    case 10:
      return ResizeSpanOperation{bytes.Byte(), ReadPages(bytes)};
    case 11:
      return ReadNewMapping(bytes);
    case 12:
      return DeleteMappingOperation{bytes.Byte(), ReadKeep(bytes)};
    case 13:
      return ResizeMappingOperation{bytes.Byte(), ReadMappingBytes(bytes)};
    case 14:
      return ReleaseFreePagesOperation{ReadPages(bytes) * kKernelPageBytes};
    case 15:
      return PassTimeOperation{bytes.TwoBytes() % 8192};
    case 16:
      return RefuseLaterOperation{bytes.Byte() % 16u, bytes.Byte() % 16u};
    default:
      return ForeignGrowOperation{bytes.TwoBytes() *
                                  (bytes.Byte() % 2 == 0 ? kPageBytes : 1)};
  }
}

}  // namespace headroom
