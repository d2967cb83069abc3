#include "allocator/front/large_blocks.h"

namespace headroom {
namespace {

PageId FirstPage(const Span* span) {
  return PageContaining(span->memory.start);
}

}  // namespace

// The page map knows every page of a span, but only the first of a mapping.
bool LargeBlocks::MapBlockPage(Span* span, PageId page) const {
  if (span->use != SpanUse::kMapping || page == FirstPage(span)) return true;
  if (!map_.Reserve(page, {1})) return false;
  map_.Set(page, span);
  return true;
}

void* LargeBlocks::Allocate(size_t bytes, size_t alignment, Origin origin,
                            bool* zeroed) const {
  if (alignment > kMaxRequestBytes || bytes > kMaxRequestBytes - alignment) {
    return nullptr;
  }
  const size_t total = bytes + alignment;
  Span* span;
  if (total <= kMaxSpanBytes) {
    span = pages_.NewSpan(BytesToPagesCeil(total), SpanUse::kLarge, 0,
                          kPageBytes, zeroed);
  } else {
    span =
        pages_.NewMapping(AlignUp(total, kKernelPageBytes), kKernelPageBytes);
    if (zeroed != nullptr) *zeroed = true;
  }
  if (span == nullptr) return nullptr;
  const uintptr_t address =
      AlignUp(span->memory.start + kBlockAlignment, alignment);
  if (!MapBlockPage(span, PageContaining(address))) {
    pages_.DeleteMapping(span);
    return nullptr;
  }
  void* block = reinterpret_cast<void*>(address);
  HeaderOf(block) = SealLive(keys_, block, MakePayload(kLargeSlot, origin));
  return block;
}

void LargeBlocks::Free(const FoundBlock& block) const {
  HeaderOf(block.start) = 0;  // a second free must not find it live
  Span* span = block.span;
  if (span->use == SpanUse::kLarge) {
    pages_.DeleteSpan(span);
    return;
  }
  const PageId page = PageContaining(block.start);
  if (page != FirstPage(span)) map_.Set(page, nullptr);
  pages_.DeleteMapping(span);
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
  if (pages == span->pages) return block.start;
  if (pages.bytes() > kMaxSpanBytes) return nullptr;
  return pages_.ResizeInPlace(span, pages) ? block.start : nullptr;
}

void* LargeBlocks::ResizeMapping(const FoundBlock& block, size_t offset,
                                 size_t bytes) const {
  Span* span = block.span;
  const size_t total = AlignUp(offset + bytes, kKernelPageBytes);
  if (total == span->memory.bytes) return block.start;
  if (total <= kMaxSpanBytes) return nullptr;
  if (PageContaining(block.start) != FirstPage(span)) return nullptr;
  if (!pages_.ResizeMapping(span, total)) return nullptr;
  void* moved = reinterpret_cast<void*>(span->memory.start + offset);
  HeaderOf(moved) =
      SealLive(keys_, moved, MakePayload(kLargeSlot, block.origin));
  return moved;
}

}  // namespace headroom
