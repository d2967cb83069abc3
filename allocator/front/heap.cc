#include "allocator/front/heap.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace headroom {
namespace {

void* OutOfMemory() {
  errno = ENOMEM;
  return nullptr;
}

}  // namespace

void* Heap::AllocateMiss(ThreadCache* cache, size_t bytes,
                         Origin origin) const {
  if (bytes <= kMaxSmallBytes) {
    const SizeClass size_class = SizeClassFor(bytes);
    return AllocateSmall(cache, size_class, MakePayload(size_class, origin));
  }
  if (bytes > kMaxRequestBytes) return OutOfMemory();
  void* block = large_.Allocate(bytes, kBlockAlignment, origin, nullptr);
  return block != nullptr ? block : OutOfMemory();
}

// The block is not in the magazine's active chain.
void* Heap::AllocateSmall(ThreadCache* cache, SizeClass size_class,
                          uint32_t payload) const {
  ThreadCache* own = AttachedOrNull(cache);
  void* block = nullptr;
  if (own != nullptr) {
    // Attaching may itself have allocated, and so filled the magazine.
    block = own->MagazineAt(size_class << kSlotShift).TryPop(keys_);
    if (block == nullptr) block = own->PopMiss(size_class);
  } else {
    block = central_.Take(size_class, 0, 1).head;
  }
  if (block == nullptr) return OutOfMemory();
  HeaderOf(block) = SealLive(keys_, block, payload);
  return block;
}

void Heap::FreeMiss(ThreadCache* cache, void* block) const {
  const OpenedLive opened = OpenLive(keys_, block, HeaderOf(block));
  if (opened.ok && SlotOf(opened.payload) < kSizeClassCount) {
    FreeSmall(cache, static_cast<SizeClass>(SlotOf(opened.payload)), block);
    return;
  }
  const FoundBlock found = finder_.Find(block, Misuse::kInvalidFree);
  if (found.slot == kLargeSlot) {
    large_.Free(found);
    return;
  }
  if (found.slot == kAlignedSlot) HeaderOf(block) = 0;
  FreeSmall(cache, found.span->size_class, found.start);
}

void Heap::FreeSmall(ThreadCache* cache, SizeClass size_class,
                     void* block) const {
  ThreadCache* own = AttachedOrNull(cache);
  if (own == nullptr) {
    central_.Put(size_class, 0, {PushFree(keys_, block, nullptr), 1});
  } else if (!own->MagazineAt(size_class << kSlotShift).TryPush(keys_, block)) {
    own->PushMiss(size_class, block);
  }
}

void* Heap::AllocateZeroed(ThreadCache* cache, size_t bytes) const {
  if (bytes <= kMaxSmallBytes) {
    void* block = Allocate(cache, bytes);
    if (block != nullptr) memset(block, 0, bytes);
    return block;
  }
  if (bytes > kMaxRequestBytes) return OutOfMemory();
  bool zeroed = false;
  void* block =
      large_.Allocate(bytes, kBlockAlignment, Origin::kMalloc, &zeroed);
  if (block == nullptr) return OutOfMemory();
  if (!zeroed) memset(block, 0, bytes);
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
    void* block = large_.Allocate(bytes, alignment, origin, nullptr);
    return block != nullptr ? block : OutOfMemory();
  }
  void* base = Allocate(cache, padded);
  if (base == nullptr) return nullptr;
  const uint32_t plain = MakePayload(SizeClassFor(padded), origin);
  void* block = reinterpret_cast<void*>(
      AlignUp(reinterpret_cast<uintptr_t>(base), alignment));
  if (block == base) {
    HeaderOf(base) = SealLive(keys_, base, plain);
    return base;
  }
  HeaderOf(base) = SealLive(keys_, base, MakePayload(kAlignedBaseSlot, origin));
  HeaderOf(block) = SealLive(keys_, block, MakePayload(kAlignedSlot, origin));
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
  } else if (bytes <= found.usable_bytes && bytes >= found.usable_bytes / 2) {
    return block;
  }
  void* moved = Allocate(cache, bytes);
  if (moved == nullptr) return nullptr;
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
