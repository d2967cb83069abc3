// The heap's sizes: realloc, malloc_usable_size, and what a sized free claims.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/base/hardening.h"
#include "allocator/front/heap.h"
#include "allocator/front/out_of_memory.h"

namespace headroom {
namespace {

// May a block with `usable` bytes stay where it is when it is resized to
// `bytes`? Programs shrink what they grew in advance, and want the rest back.
bool FitsWell(size_t bytes, size_t usable) {
  return bytes <= usable &&
         (bytes >= usable - usable / 8 || GoodSize(bytes) >= usable);
}

// What to ask for when a block of `usable` bytes has to move: a large block
// that grows step by step must not be copied at each page. Room that is never
// touched costs no memory.
size_t WithRoomToGrow(size_t bytes, size_t usable) {
  const bool grows_as_span = bytes > usable && bytes > kMaxSmallBytes &&
                             bytes < LargeBlocks::kMaxSpanBytes;
  return grows_as_span ? bytes + bytes / 8 : bytes;
}

uint32_t ResizedSlot(uint32_t slot) {
  if (IsLargeSlot(slot)) return kResizedLargeSlot;
  return IsAlignedSlot(slot) ? kResizedAlignedSlot : kResizedSlot;
}

uint32_t ShrunkSlot(uint32_t slot) {
  if (IsLargeSlot(slot)) return kShrunkLargeSlot;
  return IsAlignedSlot(slot) ? kShrunkAlignedSlot : kShrunkSlot;
}

// Could a block that may be used up to `usable` have been resized to `bytes`?
// The room to grow counts, and the pages of large blocks.
bool CouldBeResizedTo(size_t bytes, size_t usable) {
  constexpr size_t kRounding = 2 * kPageBytes;
  if (bytes > usable) return false;
  return FitsWell(bytes, usable) ||
         (usable > kMaxSmallBytes && bytes + bytes / 7 + kRounding >= usable);
}

}  // namespace

// What is the caller's of a block that was found, in bytes.
size_t Heap::UsableBytesOf(const FoundBlock& found) const {
  // A zero-size page has no room for a tail.
  if (!HasTails(options_) || found.bytes() == 0) return found.bytes();
  size_t bytes;
  Origin origin;
  if (TailOf(found).Read(&bytes, &origin)) return bytes;
  ReportBadCall(NoteDamaged(found), found.block);
  return 0;
}

size_t Heap::UsableBytes(const void* block) const {
  if (sampled_.Contains(block)) {
    bool live;
    return sampled_.BytesOf(block, Caller::kUsableSize, &live);
  }
  FoundBlock found;
  Misuse misuse;
  if (finder_.Find(block, Caller::kUsableSize, &found, &misuse)) {
    return UsableBytesOf(found);
  }
  ReportBadCall(misuse, block);
  return 0;
}

// Could a block that was found have been asked for with this size?
bool Heap::HasSize(const FoundBlock& found, size_t bytes,
                   size_t alignment) const {
  // A zero-size page says what was asked for, as a tail does.
  if (HasTails(options_) || found.bytes() == 0) {
    const size_t asked_for = UsableBytesOf(found);
    return bytes >= asked_for && bytes <= GoodSize(asked_for, alignment);
  }
  // All of it, as the size-returning forms of new tell.
  if (bytes == found.bytes()) return true;
  if (IsShrunkSlot(found.slot)) return bytes <= found.bytes();
  if (IsResizedSlot(found.slot)) return CouldBeResizedTo(bytes, found.bytes());
  if (found.slot == kLargeSlot) return large_.HasSize(found, bytes, alignment);
  const size_t padded = PaddedBytes(bytes, alignment);
  return bytes <= kMaxSmallBytes && padded <= kMaxSmallBytes &&
         SizeClassFor(padded) == found.span->size_class;
}

// Null when the block has to move.
void* Heap::ResizeInPlace(const FoundBlock& found, size_t bytes) const {
  if (HasTails(options_)) return nullptr;
  void* block = nullptr;
  if (found.span->use != SpanUse::kSmall) {
    if (bytes > kMaxSmallBytes) block = large_.Resize(found, bytes);
  } else if (FitsWell(bytes, found.bytes())) {
    block = found.block;
  }
  if (block != nullptr && (!IsClassSlot(found.slot) ||
                           SizeClassFor(bytes) != found.span->size_class)) {
    SealLive(block, ResizedSlot(found.slot));
  }
  return block;
}

void* Heap::Reallocate(ThreadCache* cache, void* block, size_t bytes) const {
  return IsTraced() ? ResizeNoted(cache, block, bytes)
                    : Resize(cache, block, bytes);
}

void* Heap::Resize(ThreadCache* cache, void* block, size_t bytes) const {
  const bool sampled = sampled_.Contains(block);
  size_t usable;
  FoundBlock found;
  Misuse misuse;
  if (sampled) {
    bool live;
    usable = sampled_.BytesOf(block, Caller::kRealloc, &live);
    if (!live) return OutOfMemory();
  } else if (finder_.Find(block, Caller::kRealloc, &found, &misuse)) {
    if (!CheckTail(found, Caller::kRealloc, Origin::kMalloc))
      return OutOfMemory();
    usable = UsableBytesOf(found);
  } else {
    ReportBadCall(misuse, block);
    return OutOfMemory();
  }
  if (bytes > kMaxRequestBytes) return OutOfMemory();
  if (!sampled) {
    void* resized = ResizeInPlace(found, bytes);
    if (resized != nullptr) return resized;
  }
  const int kept_errno = errno;
  const size_t wish =
      HasTails(options_) ? bytes : WithRoomToGrow(bytes, usable);
  void* moved = Allocate(cache, wish);
  if (moved == nullptr && wish > bytes) {
    errno = kept_errno;
    moved = Allocate(cache, bytes);
  } else if (moved != nullptr && wish > bytes) {
    SealLive(moved, kResizedLargeSlot);
  }
  if (moved == nullptr) {
    // What is watched knows its size to the byte, and so cannot pretend.
    if (bytes > usable || sampled || HasTails(options_)) return nullptr;
    errno = kept_errno;  // it shrinks, if only in the caller's eyes
    SealLive(block, ShrunkSlot(found.slot));
    return block;
  }
  memcpy(moved, block, std::min(bytes, usable));
  Free(cache, block);
  return moved;
}

size_t GoodSize(size_t bytes, size_t alignment) {
  const size_t padded = PaddedBytes(bytes, alignment);
  const size_t good = padded <= kMaxSmallBytes
                          ? headroom::UsableBytesOf(SizeClassFor(padded))
                          : LargeBlocks::GoodSize(padded);
  return good - (padded - bytes);
}

}  // namespace headroom
