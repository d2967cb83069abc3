// Size classes: which stride serves a request, and how spans are cut.
//
// Role: a stride is header + usable bytes, a multiple of 16. Strides rise by
//   16 up to 528, then in 16 steps a doubling up to 4112, then in 8, each 16
//   above the round number, so that a request of a power of two wastes little
//   more than its header.
// Takes from: base. Gives to: central, thread, front.
// Invariant: usable(class) == stride(class) - 8; every table is made at
//   compile time and is read-only.
#ifndef HEADROOM_ALLOCATOR_BLOCK_SIZE_CLASSES_H_
#define HEADROOM_ALLOCATOR_BLOCK_SIZE_CLASSES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

// A number below kSizeClassCount.
using SizeClass = uint8_t;

inline constexpr size_t kFineStrideLimit = 512 + 16;
inline constexpr size_t kMediumStrideLimit = 4096 + 16;
inline constexpr size_t kMediumStepsPerDoubling = 16;
inline constexpr size_t kCoarseStepsPerDoubling = 8;
inline constexpr size_t kMaxSmallStride = 32768 + 16;
inline constexpr size_t kMaxSmallBytes = kMaxSmallStride - kHeaderBytes;

namespace internal_size_classes {

// The stride after `stride`.
consteval size_t NextStride(size_t stride) {
  if (stride < kFineStrideLimit) return stride + kBlockAlignment;
  size_t doubling = kFineStrideLimit - kBlockAlignment;
  while (2 * doubling <= stride - kBlockAlignment) doubling *= 2;
  return stride + doubling / (stride < kMediumStrideLimit
                                  ? kMediumStepsPerDoubling
                                  : kCoarseStepsPerDoubling);
}

consteval size_t CountClasses() {
  size_t count = 1;
  for (size_t s = kBlockAlignment; s < kMaxSmallStride; s = NextStride(s)) {
    ++count;
  }
  return count;
}

}  // namespace internal_size_classes

inline constexpr size_t kSizeClassCount = internal_size_classes::CountClasses();

// How many bytes a batch may hold, and how many blocks: what travels at once
// between a thread and the central list.
inline constexpr size_t kMaxBatchBytes = 128 * 1024;
inline constexpr uint32_t kMaxBatchBlocks = 512;

struct SizeClassInfo {
  uint32_t stride = 0;
  uint32_t blocks_per_span = 0;
  uint32_t pages_per_span = 0;
  uint32_t max_batch = 0;
};

namespace internal_size_classes {

// The smallest span of at least 64 KiB (but at most 16 blocks' worth of large
// strides) that wastes no more than 1/32 behind its last block.
consteval SizeClassInfo MakeInfo(size_t stride) {
  SizeClassInfo info;
  info.stride = static_cast<uint32_t>(stride);
  const size_t least = stride * 8 < 65536 ? 65536 : stride * 8;
  PageCount pages = BytesToPagesCeil(least);
  auto waste = [&](PageCount n) {
    return (n.bytes() - kHeaderBytes) % stride + kHeaderBytes;
  };
  while (waste(pages) * 32 > pages.bytes()) ++pages.value;
  info.pages_per_span = static_cast<uint32_t>(pages.value);
  info.blocks_per_span =
      static_cast<uint32_t>((pages.bytes() - kHeaderBytes) / stride);
  const size_t batch = kMaxBatchBytes / stride;
  info.max_batch =
      batch > kMaxBatchBlocks ? kMaxBatchBlocks : static_cast<uint32_t>(batch);
  return info;
}

consteval auto MakeInfos() {
  std::array<SizeClassInfo, kSizeClassCount> infos{};
  size_t stride = kBlockAlignment;
  for (SizeClassInfo& info : infos) {
    info = MakeInfo(stride);
    stride = NextStride(stride);
  }
  return infos;
}

}  // namespace internal_size_classes

inline constexpr std::array<SizeClassInfo, kSizeClassCount> kSizeClasses =
    internal_size_classes::MakeInfos();

namespace internal_size_classes {

// Indexed by a stride's number of 16-byte granules; scale and offset turn
// classes into what the hit path wants to add to a pointer.
template <typename Entry, size_t kScale, size_t kOffset>
consteval auto MakeLookup() {
  std::array<Entry, kMaxSmallStride / kBlockAlignment + 1> table{};
  size_t size_class = 0;
  for (size_t granules = 0; granules < table.size(); ++granules) {
    if (granules * kBlockAlignment > kSizeClasses[size_class].stride) {
      ++size_class;
    }
    table[granules] = static_cast<Entry>(size_class * kScale + kOffset);
  }
  return table;
}

}  // namespace internal_size_classes

// Granules of the stride that a request of `bytes` needs; bytes <= 2^63.
inline constexpr size_t StrideGranules(size_t bytes) {
  return (bytes + kHeaderBytes + kBlockAlignment - 1) / kBlockAlignment;
}

inline constexpr auto kClassOfGranules =
    internal_size_classes::MakeLookup<SizeClass, 1, 0>();

// `bytes` <= kMaxSmallBytes.
inline constexpr SizeClass SizeClassFor(size_t bytes) {
  return kClassOfGranules[StrideGranules(bytes)];
}
inline constexpr size_t StrideOf(SizeClass size_class) {
  return kSizeClasses[size_class].stride;
}
inline constexpr size_t UsableBytesOf(SizeClass size_class) {
  return StrideOf(size_class) - kHeaderBytes;
}

static_assert(kSizeClasses.back().stride == kMaxSmallStride);
static_assert(kSizeClassCount < 120);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_SIZE_CLASSES_H_
