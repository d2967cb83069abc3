#include "allocator/front/large_blocks.h"

#include <algorithm>
#include <cstring>

#include "allocator/base/hardening.h"
#include "allocator/base/memory_checker.h"
#include "allocator/front/block_tail.h"

namespace headroom {
namespace {

// There whether it is closed or not: so no size depends on it.
constexpr size_t kBackBytes = kKernelPageBytes;

// More ranges than these would use up the kernel's limit on a process's
// mappings (65530): each guard and each closed span is one or two.
constexpr size_t kMostClosedRanges = 8192;

MemoryRange FrontGuard(const Span* span) {
  return {span->memory.start, span->front_guard};
}

MemoryRange BackGuard(const Span* span) {
  return {BlockFinder::LargeEnd(span), span->back_guard};
}

// What the caller may use where there is no tail.
size_t Room(const Span* span) {
  return BlockFinder::LargeEnd(span) - span->memory.start - span->block_offset;
}

// For memory checkers: what is next to a block of `bytes` and not the caller's.
MemoryRange InFront(const Span* span) {
  const size_t bytes = std::min(span->block_offset, kKernelPageBytes);
  return {span->memory.start + span->block_offset - bytes, bytes};
}
MemoryRange Behind(const Span* span, size_t bytes) {
  const size_t used = span->block_offset + bytes;
  return {span->memory.start + used, span->memory.bytes - used};
}
void CloseAround(const Span* span, size_t bytes) {
  CloseMemory(InFront(span));
  CloseMemory(Behind(span, bytes));
}

// `old`: as it was before.
void NoteResized(const FoundBlock& old, void* block) {
  MemoryChecker::BlockResized(old.block, old.bytes(), block, Room(old.span));
}

// A block that shrinks in place: said before what is cut off is another's.
void NoteShrinks(const FoundBlock& block, size_t bytes) {
  MemoryChecker::BlockResized(block.block, block.bytes(), block.block, bytes);
}
void NoteShrinkFailed(const FoundBlock& block, size_t bytes) {
  MemoryChecker::BlockResized(block.block, bytes, block.block, block.bytes());
  MemoryChecker::Open(block.block, block.bytes());
}

size_t SpanTotal(size_t bytes, size_t alignment, size_t guards) {
  // 0 counts as 1: the block itself must lie inside of its span.
  return std::max<size_t>(bytes, 1) + alignment + guards;
}

}  // namespace

size_t LargeBlocks::TotalBytes(size_t bytes, size_t alignment) const {
  const size_t note = HasTails(options_) ? BlockTail::kFrontBytes : 0;
  return SpanTotal(bytes, alignment, FrontBytes() + note + kBackBytes);
}

size_t LargeBlocks::GoodSize(size_t bytes) {
  if (bytes > kMaxRequestBytes) return bytes;
  const size_t total = SpanTotal(bytes, kBlockAlignment, kBackBytes);
  const size_t unit = total <= kMaxSpanBytes ? kPageBytes : kKernelPageBytes;
  return AlignUp(total, unit) - kBlockAlignment - kBackBytes;
}

bool LargeBlocks::Allocate(size_t bytes, size_t alignment, FoundBlock* made,
                           bool* zeroed) const {
  if (alignment > kMaxRequestBytes || bytes > kMaxRequestBytes - alignment) {
    return false;
  }
  const size_t total = TotalBytes(bytes, alignment);
  const bool at_end = HasTails(options_);
  const size_t from_end = std::max<size_t>(bytes, 1) + kBackBytes;
  const BlockPlace place{alignment, FrontBytes(), at_end ? from_end : 0};
  Span* span = nullptr;
  // Without the front guard, of which GoodSize does not know.
  if (total - FrontBytes() > kMaxSpanBytes) {
    span = pages_.NewMapping(AlignUp(total, kKernelPageBytes), place,
                             zeroed != nullptr);
    if (zeroed != nullptr) *zeroed = true;
  }
  if (span == nullptr) {
    // Also when the kernel refuses a mapping: free pages may do.
    span = pages_.NewSpan(BytesToPagesCeil(total), SpanUse::kLarge, 0,
                          kPageBytes, zeroed, at_end ? 0 : kBackBytes);
    if (span == nullptr) return false;
    span->block_offset = place.BlockIn(span->memory) - span->memory.start;
  }
  span->front_guard = FrontBytes();
  span->back_guard = kBackBytes;
  if (at_end) WidenGuards(span, bytes);
  CloseGuards(span, options_.guard_pages != 0);
  void* block =
      reinterpret_cast<void*>(span->memory.start + span->block_offset);
  HeaderOf(block) =
      BlockSeal(keys_, block).Seal(keys_.live(), PayloadOfSlot(kLargeSlot));
  *made = {span, block, block, kLargeSlot, BlockFinder::LargeEnd(span)};
  const size_t usable = at_end ? bytes : made->bytes();
  CloseAround(span, usable);
  MemoryChecker::BlockMade(block, usable);
  if (zeroed != nullptr && *zeroed) MemoryChecker::Open(block, usable);
  return true;
}

// To the block and its note, and to the block's last page.
void LargeBlocks::WidenGuards(Span* span, size_t bytes) {
  if (span->front_guard != 0) {
    span->front_guard = AlignDown(span->block_offset - BlockTail::kFrontBytes,
                                  kKernelPageBytes);
  }
  span->back_guard = span->memory.bytes -
                     AlignUp(span->block_offset + std::max<size_t>(bytes, 1),
                             kKernelPageBytes);
}

bool LargeBlocks::AllocateEmpty(FoundBlock* made) const {
  if (pages_.access_ranges() > kMostClosedRanges) return false;
  // Header in a first page of the kernel's, block at the start of the rest.
  Span* span =
      pages_.NewSpan(BytesToPagesCeil(2 * kKernelPageBytes), SpanUse::kLarge);
  if (span == nullptr) return false;
  span->block_offset = kKernelPageBytes;
  span->front_guard = 0;
  span->back_guard = span->memory.bytes - span->block_offset;
  span->is_guarded = source_.Release(BackGuard(span), ReleaseMode::kProtect);
  if (!span->is_guarded) {
    pages_.DeleteSpan(span);
    return false;
  }
  CloseAround(span, 0);
  void* block =
      reinterpret_cast<void*>(span->memory.start + span->block_offset);
  HeaderOf(block) =
      BlockSeal(keys_, block).Seal(keys_.live(), PayloadOfSlot(kLargeSlot));
  *made = {span, block, block, kLargeSlot, BlockFinder::LargeEnd(span)};
  MemoryChecker::BlockMade(block, 0);
  return true;
}

bool LargeBlocks::MayProtect(size_t bytes) const {
  const auto pages = static_cast<uint32_t>(bytes / kKernelPageBytes);
  return options_.guard_pages != 0 ||
         (options_.protect_large != 0 && budget_.TryTake(clock_(), pages));
}

void LargeBlocks::CloseGuards(Span* span, bool even_without_budget) const {
  if (span->back_guard == 0) return;
  if (pages_.access_ranges() > kMostClosedRanges) {
    if (span->is_guarded) OpenGuards(span);
    return;
  }
  if (!span->is_guarded) {
    if (span->use != SpanUse::kMapping && !even_without_budget &&
        !MayProtect(span->back_guard)) {
      return;
    }
    span->is_guarded = source_.Release(BackGuard(span), ReleaseMode::kProtect);
  }
  if (span->is_guarded && span->front_guard != 0) {
    source_.Release(FrontGuard(span), ReleaseMode::kProtect);
  }
}

// False when the kernel refuses: then they count as closed, both or one.
bool LargeBlocks::OpenGuards(Span* span) const {
  if (!span->is_guarded) return true;
  if (!source_.Release(BackGuard(span), ReleaseMode::kUnprotect)) return false;
  if (span->front_guard != 0 &&
      !source_.Release(FrontGuard(span), ReleaseMode::kUnprotect)) {
    return false;
  }
  span->is_guarded = false;
  return true;
}

void LargeBlocks::Free(const FoundBlock& block) const {
  Span* span = block.span;
  if (span->use == SpanUse::kMapping) {
    MemoryChecker::MappingGone(block.block, block.bytes());
    freed_.Note(span->memory);
    OpenMemory(span->memory);  // to whoever gets the addresses next
    // What is zeroed when freed is zeroed by the kernel; and a guard in front
    // would make it two ranges.
    const bool keeps = span->front_guard == 0 && options_.zero_on_free == 0;
    pages_.DeleteMapping(span, keeps ? options_.keep_large : 0);
    return;
  }
  MemoryChecker::BlockGone(block.block, block.bytes());
  if (options_.zero_on_free != 0) {
    const HeapAccess access(block.block, block.bytes());
    memset(block.block, 0, block.bytes());
  }
  // What cannot be opened now counts as closed: whoever gets it tries again.
  auto closed = PageHeap::Closed::kNothing;
  if (pages_.access_ranges() <= kMostClosedRanges &&
      MayProtect(span->memory.bytes)) {
    if (source_.Release(span->memory, ReleaseMode::kProtect)) {
      closed = PageHeap::Closed::kAll;
    } else if (!source_.Release(span->memory, ReleaseMode::kUnprotect)) {
      // A kernel that refuses may have closed a part.
      closed = PageHeap::Closed::kPartly;
    }
  } else if (!OpenGuards(span)) {
    closed = PageHeap::Closed::kPartly;
  }
  pages_.DeleteSpan(span, closed);
}

void* LargeBlocks::Resize(const FoundBlock& block, size_t bytes) const {
  Span* span = block.span;
  const size_t offset = span->block_offset;
  if (bytes > kMaxRequestBytes - offset - span->back_guard) return nullptr;
  if (span->use == SpanUse::kMapping) {
    return ResizeMapping(block, offset, bytes);
  }
  const PageCount pages = BytesToPagesCeil(offset + bytes + span->back_guard);
  // A little room stays: see Heap::Reallocate, which may have asked for it.
  // What alignment left in front is none.
  const PageCount room = span->pages - BytesToPagesFloor(offset);
  const PageCount least{span->pages.value - room.value / 8};
  if (least <= pages && pages <= span->pages) return block.block;
  if (pages.bytes() > kMaxSpanBytes) return nullptr;
  // What is cut off is freed: a copy leaves it to Free to zero it.
  if (pages < span->pages && options_.zero_on_free != 0) return nullptr;
  const bool was_guarded = span->is_guarded;
  if (!OpenGuards(span)) return nullptr;
  const bool shrinks = pages < span->pages;
  const size_t kept = pages.bytes() - offset - span->back_guard;
  if (shrinks) NoteShrinks(block, kept);
  const bool resized = pages_.ResizeInPlace(span, pages);
  if (shrinks && !resized) NoteShrinkFailed(block, kept);
  CloseGuards(span, was_guarded);
  CloseAround(span, Room(span));
  if (!resized) return nullptr;
  if (!shrinks) NoteResized(block, block.block);
  return block.block;
}

void* LargeBlocks::ResizeMapping(const FoundBlock& block, size_t offset,
                                 size_t bytes) const {
  Span* span = block.span;
  const size_t total =
      AlignUp(offset + bytes + span->back_guard, kKernelPageBytes);
  if (total == span->memory.bytes) return block.block;
  if (total <= kMaxSpanBytes) return nullptr;
  // The kernel resizes what is one range to it.
  if (!OpenGuards(span)) return nullptr;
  OpenMemory(InFront(span));
  OpenMemory(Behind(span, Room(span)));
  const bool shrinks = total < span->memory.bytes;
  const size_t kept = total - offset - span->back_guard;
  if (shrinks) {
    NoteShrinks(block, kept);
    OpenMemory(Behind(span, kept));  // to whoever gets the addresses next
  }
  const MemoryRange old = span->memory;
  const bool resized = pages_.ResizeMapping(span, total);
  if (shrinks && !resized) NoteShrinkFailed(block, kept);
  CloseGuards(span, /*even_without_budget=*/true);
  CloseAround(span, Room(span));
  if (!resized) return nullptr;
  void* moved = reinterpret_cast<void*>(span->memory.start + offset);
  if (!shrinks) NoteResized(block, moved);
  if (moved != block.block) freed_.Note(old);
  HeaderOf(moved) =
      BlockSeal(keys_, moved).Seal(keys_.live(), PayloadOfSlot(block.slot));
  return moved;
}

bool LargeBlocks::HasSize(const FoundBlock& block, size_t bytes,
                          size_t alignment) const {
  const Span* span = block.span;
  if (bytes > block.bytes() || alignment > kMaxRequestBytes) return false;
  // At least what it was made for; more where the alignment left room behind
  // the block, which size-returning new tells.
  const size_t total = TotalBytes(bytes, alignment);
  return span->use == SpanUse::kMapping
             ? AlignUp(total, kKernelPageBytes) >= span->memory.bytes
             : BytesToPagesCeil(total) >= span->pages;
}

}  // namespace headroom
