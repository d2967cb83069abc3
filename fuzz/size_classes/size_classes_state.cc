#include "fuzz/size_classes/size_classes_state.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <vector>

#include "allocator/block/block_payload.h"
#include "allocator/front/heap.h"
#include "allocator/front/large_blocks.h"
#include "allocator/system/cell_pool.h"
#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// As the rule has it: by 16 up to 528; then, each 16 above the round number,
// sixteen a doubling up to 4 KiB and eight up to 32 KiB.
std::vector<size_t> MakeStrides() {
  std::vector<size_t> strides;
  for (size_t stride = 16; stride <= 512 + 16; stride += 16) {
    strides.push_back(stride);
  }
  for (size_t from = 512; from < 32768; from *= 2) {
    const size_t steps = from < 4096 ? 16 : 8;
    for (size_t i = 1; i <= steps; ++i) {
      strides.push_back(from + from / steps * i + 16);
    }
  }
  return strides;
}

const std::vector<size_t>& Strides() {
  static const std::vector<size_t> strides = MakeStrides();
  return strides;
}

size_t WasteOf(size_t span_bytes, size_t stride) {
  return (span_bytes - kHeaderBytes) % stride + kHeaderBytes;
}

}  // namespace

void SizeClassesState::NoteRising(Rising& known, size_t question,
                                  size_t answer) {
  const auto [at, is_new] = known.try_emplace(question, answer);
  Require(at->second == answer, "the same question has the same answer");
  if (!is_new) return;
  Require(at == known.begin() || std::prev(at)->second <= answer,
          "more bytes never get less");
  Require(std::next(at) == known.end() || std::next(at)->second >= answer,
          "fewer bytes never get more");
}

void SizeClassesState::CheckSize(size_t bytes) {
  bytes %= kMaxSmallBytes + 1;
  if (bytes > 0) CheckSmall(bytes - 1);
  CheckSmall(bytes);
  if (bytes < kMaxSmallBytes) CheckSmall(bytes + 1);
}

void SizeClassesState::CheckSmall(size_t bytes) {
  const auto fits = std::ranges::lower_bound(Strides(), bytes + kHeaderBytes);
  Require(fits != Strides().end(), "a small size fits some stride");
  const auto expected = static_cast<size_t>(fits - Strides().begin());
  const SizeClass size_class = SizeClassFor(bytes);
  Require(size_class == expected, "a size has the smallest class that fits");
  Require(StrideOf(size_class) == *fits, "a class has its stride");
  Require(UsableBytesOf(size_class) == *fits - kHeaderBytes,
          "usable == stride - 8");
  Require(PayloadFor(bytes) == PayloadOfClass(size_class),
          "a size's payload is its class's");
  Require(GoodSize(bytes) == UsableBytesOf(size_class),
          "a small size's good size is its class's");
  NoteRising(classes_, bytes, size_class);
}

void SizeClassesState::CheckGoodSize(size_t bytes, size_t alignment) {
  alignment = std::min(alignment, kMaxRequestBytes / 2);
  bytes %= kMaxRequestBytes - alignment + 1;
  const size_t padded = PaddedBytes(bytes, alignment);
  Require(padded >= bytes && padded - bytes == alignment - kBlockAlignment,
          "alignment asks for as much more");
  const size_t good = GoodSize(bytes, alignment);
  Require(good >= bytes, "a good size holds what was asked for");
  Require(GoodSize(good, alignment) == good, "a good size is its own");
  if (padded <= kMaxSmallBytes) {
    Require(good == UsableBytesOf(SizeClassFor(padded)) - (padded - bytes),
            "a small block at an alignment lies in one of its class");
  } else if (padded + kBlockAlignment + kKernelPageBytes <=
             LargeBlocks::kMaxSpanBytes) {
    Require(good - bytes < kPageBytes, "a span wastes less than a page");
  } else {
    Require(good - bytes < kKernelPageBytes,
            "a mapping wastes less than a page of the kernel's");
  }
  NoteRising(good_sizes_[alignment], bytes, good);
}

void SizeClassesState::CheckClass(SizeClass size_class) {
  Require(kSizeClassCount == Strides().size(), "there are as many classes");
  const SizeClassInfo& info = kSizeClasses[size_class];
  const size_t stride = Strides()[size_class];
  Require(info.stride == stride, "a class has its stride");
  Require(stride % kBlockAlignment == 0, "blocks stay aligned");

  const size_t span = info.pages_per_span * kPageBytes;
  const size_t least = std::max<size_t>(64 << 10, 8 * stride);
  Require(span >= least, "a span has a fair number of blocks");
  Require(kHeaderBytes + info.blocks_per_span * stride <= span,
          "a span holds its blocks");
  Require(span - info.blocks_per_span * stride < stride + kHeaderBytes,
          "a span holds as many blocks as fit");
  Require(WasteOf(span, stride) * 32 <= span, "a span wastes 1/32 at most");
  Require(span - kPageBytes < least ||
              WasteOf(span - kPageBytes, stride) * 32 > span - kPageBytes,
          "a span is the smallest that will do");

  Require(info.max_batch >= 1, "a batch has a block");
  Require(info.max_batch * stride <= kMaxBatchBytes &&
              info.max_batch <= kMaxBatchBlocks,
          "a batch keeps its limits");
  Require((info.max_batch + 1) * stride > kMaxBatchBytes ||
              info.max_batch == kMaxBatchBlocks,
          "a batch is as large as it may be");
  Require(std::bit_ceil(2 * info.max_batch) <= CellPool::kMostCells,
          "two batches fit an array of cells");

  const uint32_t slot = SlotOfClass(size_class);
  Require(IsClassSlot(slot) && ClassOfSlot(slot) == size_class,
          "a class's slot leads back to it");
  CheckPayload(PayloadOfClass(size_class));
  CheckSmall(UsableBytesOf(size_class));
}

void SizeClassesState::CheckPayload(uint64_t payload) {
  const uint32_t slot = SlotOf(payload);
  const bool is_payload = payload % SealKeys::kPayloadStep == 0 &&
                          payload / SealKeys::kPayloadStep < kSlotCount;
  Require((slot < kSlotCount) == is_payload,
          "what is no slot's payload has no slot");
  Require(is_payload == ((payload & ~kPayloadMask) == 0),
          "the mask knows the payloads");
  Require(PayloadOf(payload) == (payload & kPayloadMask) &&
              SlotOf(PayloadOf(payload)) < kSlotCount,
          "whatever a word says leads to a slot");
  if (!is_payload) return;
  Require(PayloadOfSlot(slot) == payload, "a slot's payload leads back to it");
  // Each slot is of one kind.
  const int kinds = IsClassSlot(slot) + IsLargeSlot(slot) +
                    IsAlignedSlot(slot) +
                    (slot == kResizedSlot || slot == kShrunkSlot) +
                    (slot == kAlignedBaseSlot || slot == kSampledSlot) +
                    (slot < kFirstClassSlot || slot >= kSlotsInUse);
  Require(kinds == 1, "a slot is of one kind");
  Require(!IsResizedSlot(slot) || !IsShrunkSlot(slot), "resized or shrunk");
  Require(!(IsResizedSlot(slot) || IsShrunkSlot(slot)) || !IsClassSlot(slot),
          "no cache holds a resized block");
}

}  // namespace headroom
