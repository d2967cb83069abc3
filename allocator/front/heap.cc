#include "allocator/front/heap.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

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

void* OutOfMemory() {
  errno = ENOMEM;
  return nullptr;
}

}  // namespace

// The block is not in the magazine's active chain.
void* Heap::AllocateMiss(uint64_t payload, ThreadCache* cache,
                         const Heap* heap) {
  const SizeClass size_class = ClassOfSlot(SlotOf(payload));
  ThreadCache* own = heap->AttachedOrNull(cache);
  void* block = nullptr;
  if (own != nullptr) {
    // Attaching may itself have allocated, and so filled the magazine.
    Magazine& magazine = own->MagazineAt(payload & kSlotMask);
    block = magazine.TryPop(heap->keys_, payload);
    if (block == nullptr) block = own->PopMiss(size_class, payload);
  } else {
    const Batch one = heap->central_.Take(size_class, 0, 1);
    if (one.count > 0) {
      block = one.head;
      NextFree(heap->keys_, block);  // proves that the word is genuine
      heap->SealLive(block, payload);
    }
  }
  return block != nullptr ? block : OutOfMemory();
}

void* Heap::AllocateLarge(size_t bytes, ThreadCache* cache, const Heap* heap,
                          Origin origin) {
  return heap->NewLargeBlock(cache, bytes, kBlockAlignment, origin, nullptr);
}

void* Heap::NewLargeBlock(ThreadCache* cache, size_t bytes, size_t alignment,
                          Origin origin, bool* zeroed) const {
  // The first call of all makes the keys, whatever its size.
  AttachedOrNull(cache);
  if (bytes > kMaxRequestBytes) return OutOfMemory();
  void* block = large_.Allocate(bytes, alignment, origin, zeroed);
  return block != nullptr ? block : OutOfMemory();
}

void Heap::FreeMiss(void* block, ThreadCache* cache, const Heap* heap) {
  const BlockSeal::Live opened =
      BlockSeal(heap->keys_, block).OpenLive(HeaderOf(block));
  if (opened.ok && IsClassSlot(SlotOf(opened.payload))) {
    heap->FreeSmall(cache, ClassOfSlot(SlotOf(opened.payload)), block);
    return;
  }
  const FoundBlock found = heap->finder_.Find(block, Misuse::kInvalidFree);
  if (found.slot == kLargeSlot) {
    heap->large_.Free(found);
    return;
  }
  if (found.slot == kAlignedSlot) HeaderOf(block) = 0;
  heap->FreeSmall(cache, found.span->size_class, found.start);
}

void Heap::FreeSmall(ThreadCache* cache, SizeClass size_class,
                     void* block) const {
  ThreadCache* own = AttachedOrNull(cache);
  if (own == nullptr) {
    central_.Put(size_class, 0, {PushFree(keys_, block, kListEnd), 1});
  } else if (!own->MagazineAt(SlotOfClass(size_class) << kSlotShift)
                  .TryPush(BlockSeal(keys_, block), block)) {
    own->PushMiss(size_class, block);
  }
}

void* Heap::AllocateZeroed(ThreadCache* cache, size_t bytes) const {
  if (bytes <= kMaxSmallBytes) {
    void* block = Allocate(cache, bytes);
    if (block != nullptr) memset(block, 0, bytes);
    return block;
  }
  bool zeroed = false;
  void* block =
      NewLargeBlock(cache, bytes, kBlockAlignment, Origin::kMalloc, &zeroed);
  if (block != nullptr && !zeroed) memset(block, 0, bytes);
  return block;
}

void* Heap::AllocateAligned(ThreadCache* cache, size_t alignment, size_t bytes,
                            Origin origin) const {
  alignment = std::max(alignment, kBlockAlignment);
  if (bytes > kMaxRequestBytes || alignment > kMaxRequestBytes - bytes) {
    return OutOfMemory();
  }
  // Blocks start at multiples of 16, so this leaves room to move up.
  const size_t padded = bytes + alignment - kBlockAlignment;
  if (padded > kMaxSmallBytes) {
    return NewLargeBlock(cache, bytes, alignment, origin, nullptr);
  }
  void* base = Allocate(cache, padded);
  if (base == nullptr) return nullptr;
  void* block = reinterpret_cast<void*>(
      AlignUp(reinterpret_cast<uintptr_t>(base), alignment));
  if (block == base) {
    SealLive(base, MakePayload(SlotOfClass(SizeClassFor(padded)), origin));
  } else {
    SealLive(base, MakePayload(kAlignedBaseSlot, origin));
    SealLive(block, MakePayload(kAlignedSlot, origin));
  }
  return block;
}

void* Heap::Reallocate(ThreadCache* cache, void* block, size_t bytes) const {
  const FoundBlock found = finder_.Find(block, Misuse::kInvalidRealloc);
  if (bytes > kMaxRequestBytes) return OutOfMemory();
  if (found.slot == kLargeSlot) {
    if (bytes > kMaxSmallBytes) {
      void* resized = large_.Resize(found, bytes);
      if (resized != nullptr) return resized;
    }
  } else if (FitsWell(bytes, found.usable_bytes)) {
    return block;
  }
  const int kept_errno = errno;
  const size_t wish = WithRoomToGrow(bytes, found.usable_bytes);
  void* moved = Allocate(cache, wish);
  if (moved == nullptr && wish > bytes) {
    errno = kept_errno;
    moved = Allocate(cache, bytes);
  }
  if (moved == nullptr) {
    if (bytes > found.usable_bytes) return nullptr;
    errno = kept_errno;  // it shrinks, if only in the caller's eyes
    return block;
  }
  memcpy(moved, block, std::min(bytes, found.usable_bytes));
  // The allocation may have given the thread its cache.
  Free(cache, block);
  return moved;
}

size_t GoodSize(size_t bytes) {
  if (bytes <= kMaxSmallBytes) return UsableBytesOf(SizeClassFor(bytes));
  if (bytes > kMaxRequestBytes) return bytes;
  const size_t total = bytes + kBlockAlignment;
  const size_t unit =
      total <= LargeBlocks::kMaxSpanBytes ? kPageBytes : kKernelPageBytes;
  return AlignUp(total, unit) - kBlockAlignment;
}

}  // namespace headroom
