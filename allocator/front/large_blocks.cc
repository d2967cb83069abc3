#include "allocator/front/large_blocks.h"

#include <algorithm>

namespace headroom {

void* LargeBlocks::Allocate(size_t bytes, size_t alignment, Origin origin,
                            bool* zeroed) const {
  if (alignment > kMaxRequestBytes || bytes > kMaxRequestBytes - alignment) {
    return nullptr;
  }
  // 0 counts as 1: the block itself must lie inside of its span.
  const size_t total = std::max<size_t>(bytes, 1) + alignment;
  Span* span = nullptr;
  if (total > kMaxSpanBytes) {
    span = pages_.NewMapping(AlignUp(total, kKernelPageBytes), alignment);
    if (zeroed != nullptr) *zeroed = true;
  }
  if (span == nullptr) {
    // Also when the kernel refuses a mapping: free pages may do.
    span = pages_.NewSpan(BytesToPagesCeil(total), SpanUse::kLarge, 0,
                          kPageBytes, zeroed);
  }
  if (span == nullptr) return nullptr;
  void* block =
      reinterpret_cast<void*>(MappedBlock(span->memory.start, alignment));
  HeaderOf(block) =
      BlockSeal(keys_, block).SealLive(MakePayload(kLargeSlot, origin));
  return block;
}

void LargeBlocks::Free(const FoundBlock& block) const {
  HeaderOf(block.start) = 0;  // a second free must not find it live
  Span* span = block.span;
  if (span->use == SpanUse::kLarge) {
    pages_.DeleteSpan(span);
  } else {
    pages_.DeleteMapping(span);
  }
}

void* LargeBlocks::Resize(const FoundBlock& block, size_t bytes) const {
  Span* span = block.span;
  const size_t offset =
      reinterpret_cast<uintptr_t>(block.start) - span->memory.start;
  if (bytes > kMaxRequestBytes - offset) return nullptr;
  if (span->use == SpanUse::kMapping) {
    return ResizeMapping(block, offset, bytes);
  }
  const PageCount pages = BytesToPagesCeil(offset + bytes);
  // A little room stays: see Heap::Reallocate, which may have asked for it.
  const PageCount least{span->pages.value - span->pages.value / 8};
  if (least <= pages && pages <= span->pages) return block.start;
  if (pages.bytes() > kMaxSpanBytes) return nullptr;
  return pages_.ResizeInPlace(span, pages) ? block.start : nullptr;
}

void* LargeBlocks::ResizeMapping(const FoundBlock& block, size_t offset,
                                 size_t bytes) const {
  Span* span = block.span;
  const size_t total = AlignUp(offset + bytes, kKernelPageBytes);
  if (total == span->memory.bytes) return block.start;
  if (total <= kMaxSpanBytes) return nullptr;
  if (!pages_.ResizeMapping(span, total)) return nullptr;
  void* moved = reinterpret_cast<void*>(span->memory.start + offset);
  HeaderOf(moved) =
      BlockSeal(keys_, moved).SealLive(MakePayload(kLargeSlot, block.origin));
  return moved;
}

}  // namespace headroom
