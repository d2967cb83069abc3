#include "allocator/front/block_finder.h"

namespace headroom {
namespace {

uintptr_t AddressOf(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

uintptr_t LargeBlockStart(const Span* span) {
  return span->memory.start + span->block_offset;
}

// What a caller that is not free() calls it.
Misuse InWordsOf(Caller caller, Misuse misuse) {
  if (caller == Caller::kFree || misuse == Misuse::kCorruptHeader) {
    return misuse;
  }
  const bool freed = misuse == Misuse::kDoubleFree;
  if (caller == Caller::kRealloc) {
    return freed ? Misuse::kReallocFreed : Misuse::kInvalidRealloc;
  }
  return freed ? Misuse::kUsableSizeFreed : Misuse::kInvalidUsableSize;
}

}  // namespace

uintptr_t BlockFinder::BlockStart(const Span* span, uintptr_t address) {
  const uintptr_t first = span->first.address() + kBlockAlignment;
  if (address < first) return 0;
  const size_t stride = StrideOf(span->size_class);
  const size_t index = (address - first) / stride;
  if (index >= kSizeClasses[span->size_class].blocks_per_span) return 0;
  return first + index * stride;
}

bool BlockFinder::Find(const void* pointer, Caller caller, FoundBlock* found,
                       Misuse* misuse) const {
  Span* span = map_.Get(PageContaining(pointer));
  const bool in_use = span != nullptr && span->use != SpanUse::kFree;
  if (AddressOf(pointer) % kBlockAlignment == 0 && in_use &&
      AddressOf(pointer) >= span->memory.start + kBlockAlignment) {
    const uint64_t word = HeaderOf(pointer);
    *found = {span, const_cast<void*>(pointer), const_cast<void*>(pointer),
              SlotOf(PayloadOf(word)), 0};
    if (BlockSeal(keys_, pointer).Is(keys_.live(), word)) {
      if (span->use == SpanUse::kSmall) {
        if (FindSmall(found)) return true;
      } else if (AddressOf(pointer) == LargeBlockStart(span) &&
                 IsLargeSlot(found->slot)) {
        found->end = LargeEnd(span);
        return true;
      }
    }
  }
  *misuse = InWordsOf(caller, Diagnose(span, pointer, caller));
  return false;
}

bool BlockFinder::FindSmall(FoundBlock* found) const {
  const Span* span = found->span;
  const uintptr_t start = BlockStart(span, AddressOf(found->block));
  if (start == 0) return false;
  found->start = reinterpret_cast<void*>(start);
  found->end = start + UsableBytesOf(span->size_class);
  if (IsAlignedSlot(found->slot)) {
    return BlockSeal(keys_, found->start)
        .Is(keys_.live(), PayloadOfSlot(kAlignedBaseSlot),
            HeaderOf(found->start));
  }
  return found->start == found->block &&
         (found->slot == SlotOfClass(span->size_class) ||
          found->slot == kResizedSlot || found->slot == kShrunkSlot);
}

// Does the word in front of `pointer` say that a block was freed here?
bool BlockFinder::IsFreedHere(const void* pointer) const {
  return SaysFreed(keys_, BlockSeal(keys_, pointer), HeaderOf(pointer));
}

Misuse BlockFinder::Diagnose(const Span* span, const void* pointer,
                             Caller caller) const {
  const PageId page = PageContaining(pointer);
  if (span == nullptr || span->use == SpanUse::kFree) {
    if (map_.IsClosed(page)) return Misuse::kDoubleFree;
    if (AddressOf(pointer) % kBlockAlignment != 0) {
      return Misuse::kMisalignedFree;
    }
    // Of a free page only free() has read; but what is backed and open can be.
    const PageId header =
        PageContaining(static_cast<const char*>(pointer) - kHeaderBytes);
    const bool readable = caller == Caller::kFree ||
                          (map_.IsBacked(header) && !map_.IsClosed(header));
    if (readable && IsFreedHere(pointer)) return Misuse::kDoubleFree;
    // First: a mapping may lie where a freed one was.
    if (SpanAround(pointer) != nullptr) return Misuse::kInteriorFree;
    return span == nullptr && freed_.Contains(pointer) ? Misuse::kDoubleFree
                                                       : Misuse::kInvalidFree;
  }
  if (AddressOf(pointer) % kBlockAlignment != 0) return Misuse::kMisalignedFree;
  if (AddressOf(pointer) < span->memory.start + kBlockAlignment) {
    return Misuse::kInvalidFree;
  }
  return DiagnoseStart(span, pointer);
}

// For a pointer into a span in use, whose header does not say that it is live.
Misuse BlockFinder::DiagnoseStart(const Span* span, const void* pointer) const {
  if (IsFreedHere(pointer)) return Misuse::kDoubleFree;
  const uintptr_t address = AddressOf(pointer);
  if (span->use != SpanUse::kSmall) {
    return address == LargeBlockStart(span) ? Misuse::kCorruptHeader
                                            : Misuse::kInteriorFree;
  }
  const uintptr_t start = BlockStart(span, address);
  const uint32_t carved = span->carved_blocks.load(std::memory_order_relaxed);
  const uintptr_t carved_end = span->first.address() + kBlockAlignment +
                               carved * StrideOf(span->size_class);
  if (start == 0 || start >= carved_end) return Misuse::kInvalidFree;
  if (start != address) {
    return IsFreedHere(reinterpret_cast<void*>(start)) ? Misuse::kDoubleFree
                                                       : Misuse::kInteriorFree;
  }
  // A base that an aligned block lies in is no block of anybody's.
  return BlockSeal(keys_, pointer).Is(keys_.live(), HeaderOf(pointer))
             ? Misuse::kInvalidFree
             : Misuse::kCorruptHeader;
}

Span* BlockFinder::SpanAround(const void* address) const {
  // As far as a mapping can reach that anybody would search for.
  constexpr size_t kMostPages = size_t{1} << 18;
  PageId page = PageContaining(address);
  for (size_t i = 0; i < kMostPages && page.value > 0; ++i, --page.value) {
    Span* span = map_.Get(page);
    if (span == nullptr) continue;
    const bool inside = AddressOf(address) >= span->memory.start &&
                        AddressOf(address) < span->memory.end();
    return inside && span->use != SpanUse::kFree ? span : nullptr;
  }
  return nullptr;
}

}  // namespace headroom
