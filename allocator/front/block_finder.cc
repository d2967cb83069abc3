#include "allocator/front/block_finder.h"

namespace headroom {
namespace {

// The block of a small span that contains `address`; 0 when it lies in no
// block that was ever cut.
uintptr_t BlockStart(const Span* span, uintptr_t address) {
  const uintptr_t first = span->first.address() + kBlockAlignment;
  if (address < first) return 0;
  const size_t stride = StrideOf(span->size_class);
  const size_t index = (address - first) / stride;
  if (index >= kSizeClasses[span->size_class].blocks_per_span) return 0;
  return first + index * stride;
}

bool IsSmallBlockStart(const Span* span, const void* pointer) {
  const auto address = reinterpret_cast<uintptr_t>(pointer);
  return span->use == SpanUse::kSmall && BlockStart(span, address) == address;
}

}  // namespace

FoundBlock BlockFinder::Find(const void* pointer, Misuse misuse) const {
  const auto address = reinterpret_cast<uintptr_t>(pointer);
  Span* span = map_.Get(PageContaining(pointer));
  if (span == nullptr || span->use == SpanUse::kFree ||
      address % kBlockAlignment != 0 ||
      address < span->memory.start + kBlockAlignment) {
    Report(span, pointer, misuse);
  }
  const BlockSeal::Live opened =
      BlockSeal(keys_, pointer).OpenLive(HeaderOf(pointer));
  if (!opened.ok) Report(span, pointer, misuse);
  FoundBlock found{span, const_cast<void*>(pointer), SlotOf(opened.payload),
                   OriginOf(opened.payload), 0};
  if (found.slot == kLargeSlot) {
    if (span->use == SpanUse::kSmall) Report(span, pointer, misuse);
    found.usable_bytes = span->memory.end() - address;
    return found;
  }
  if (span->use != SpanUse::kSmall) Report(span, pointer, misuse);
  const uintptr_t start = BlockStart(span, address);
  if (start == 0) Report(span, pointer, misuse);
  found.start = reinterpret_cast<void*>(start);
  found.usable_bytes = start + UsableBytesOf(span->size_class) - address;
  if (found.slot == kAlignedSlot) {
    const BlockSeal::Live base =
        BlockSeal(keys_, found.start).OpenLive(HeaderOf(found.start));
    if (!base.ok || SlotOf(base.payload) != kAlignedBaseSlot) {
      Report(span, pointer, misuse);
    }
    return found;
  }
  if (found.slot != SlotOfClass(span->size_class) || start != address) {
    Report(span, pointer, misuse);
  }
  return found;
}

void BlockFinder::Report(const Span* span, const void* pointer,
                         Misuse misuse) const {
  const auto address = reinterpret_cast<uintptr_t>(pointer);
  if (misuse == Misuse::kInvalidFree) {
    if (address % kBlockAlignment != 0) {
      misuse = Misuse::kMisalignedFree;
    } else if (span != nullptr && span->use == SpanUse::kFree) {
      misuse = Misuse::kDoubleFree;
    } else if (span != nullptr && IsSmallBlockStart(span, pointer)) {
      misuse = BlockSeal(keys_, pointer).OpenFree(HeaderOf(pointer)).ok
                   ? Misuse::kDoubleFree
                   : Misuse::kCorruptHeader;
    }
  }
  ReportMisuse(misuse, pointer);
}

}  // namespace headroom
