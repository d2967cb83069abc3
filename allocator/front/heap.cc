#include "allocator/front/heap.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/base/hardening.h"
#include "allocator/base/memory_checker.h"
#include "allocator/front/out_of_memory.h"

namespace headroom {

void* Heap::NewSmall(ThreadCache* own, SizeClass size_class) const {
  return own != nullptr ? own->Pop(size_class)
                        : TakeOne(central_, keys_, size_class, /*shard=*/0);
}

void* Heap::AllocateMiss(size_t bytes, ThreadCache* cache, const Heap* heap,
                         Origin origin) {
  // The first call of all makes the keys and reads the options.
  ThreadCache* own = heap->AttachedOrNull(cache);
  if (ClosesHitPaths(heap->options_)) {
    void* block = heap->AllocateStrict(own, bytes, kBlockAlignment, origin);
    return heap->Noted(TracedCall::kMalloc, own, block, bytes);
  }
  void* block = heap->NewSmall(own, SizeClassFor(bytes));
  if (block == nullptr) return OutOfMemory();
  if (own != nullptr && own->SampleIsDue()) {
    return AllocateSampled(bytes, own, heap, block);
  }
  return heap->HandOut(block);
}

// `block` was to be returned, and is where a sampled one cannot be had.
void* Heap::AllocateSampled(size_t bytes, ThreadCache* cache, const Heap* heap,
                            void* block) {
  void* sampled = heap->sampled_.Allocate(cache, bytes);
  if (sampled == nullptr) return heap->HandOut(block);
  heap->FreeSmall(cache, SizeClassFor(bytes), block);
  return sampled;
}

void* Heap::AllocateLarge(size_t bytes, ThreadCache* cache, const Heap* heap,
                          Origin origin) {
  ThreadCache* own = heap->AttachedOrNull(cache);
  void* block = heap->NewLarge(bytes, kBlockAlignment, origin, nullptr);
  return heap->Noted(TracedCall::kMalloc, own, block, bytes);
}

void* Heap::NewLarge(size_t bytes, size_t alignment, Origin origin,
                     bool* zeroed) const {
  if (bytes > kMaxRequestBytes) return OutOfMemory();
  FoundBlock made;
  if (!large_.Allocate(bytes, alignment, &made, zeroed)) return OutOfMemory();
  if (HasTails(options_)) WriteTail(made, bytes, origin);
  return made.block;
}

void Heap::FreeMiss(void* block, ThreadCache* cache, const Heap* heap,
                    Origin origin) {
  if (heap->IsTraced()) heap->NoteFree(cache, block);
  FoundBlock found;
  Misuse misuse;
  if (heap->sampled_.Contains(block)) {
    heap->sampled_.Free(block);
  } else if (heap->finder_.Find(block, Caller::kFree, &found, &misuse)) {
    if (heap->CheckTail(found, Caller::kFree, origin))
      heap->FreeFound(cache, found);
  } else {
    ReportBadCall(misuse, block);
  }
}

void Heap::FreeSizedMiss(void* block, ThreadCache* cache, const Heap* heap,
                         Origin origin, size_t bytes, size_t alignment) {
  if (heap->IsTraced()) heap->NoteFree(cache, block);
  FoundBlock found;
  Misuse misuse;
  const auto address = reinterpret_cast<uintptr_t>(block);
  if (address % alignment != 0 && address % kBlockAlignment == 0) {
    misuse = Misuse::kWrongAlignment;
  } else if (heap->sampled_.Contains(block)) {
    const size_t asked_for = heap->sampled_.RequestedBytes(block);
    if (!heap->sampled_.IsLive(block) ||
        (bytes >= asked_for && bytes <= GoodSize(asked_for))) {
      heap->sampled_.Free(block);
      return;
    }
    misuse = Misuse::kWrongSize;
  } else if (!heap->finder_.Find(block, Caller::kFree, &found, &misuse)) {
    // Said in `misuse`.
  } else if (!heap->CheckTail(found, Caller::kFree, origin)) {
    return;
  } else if (!heap->HasSize(found, bytes, alignment)) {
    misuse = Misuse::kWrongSize;
  } else {
    heap->FreeFound(cache, found);
    return;
  }
  ReportBadCall(misuse, block);
}

void Heap::FreeAlignedSized(ThreadCache* cache, void* block, size_t alignment,
                            size_t bytes, Origin origin) const {
  if (!IsPowerOfTwo(alignment)) {
    ReportBadCall(Misuse::kWrongAlignment, block);
    return;
  }
  FreeSizedMiss(block, cache, this, origin, bytes,
                std::max(alignment, kBlockAlignment));
}

// Of two threads that free one block at once, only one gets past this.
bool Heap::Retire(const FoundBlock& found) const {
  const BlockSeal seal(keys_, found.block);
  const uint64_t payload = PayloadOfSlot(found.slot);
  if (HeaderOf(found.block)
          .Exchange(seal.Seal(keys_.live(), payload),
                    seal.Seal(keys_.quarantined(), payload))) {
    return true;
  }
  ReportBadCall(Misuse::kDoubleFree, found.block);
  return false;
}

void Heap::FreeFound(ThreadCache* cache, const FoundBlock& found) const {
  if (!Retire(found)) return;
  if (found.span->use != SpanUse::kSmall) {
    large_.Free(found);
    return;
  }
  MemoryChecker::BlockGone(found.block, found.bytes());
  if (ClosesHitPaths(options_)) {
    FreeStrict(cache, found.span->size_class, found.start);
  } else {
    FreeSmall(cache, found.span->size_class, found.start);
  }
}

// `block` is a size class's own start, retired or live.
void Heap::FreeSmall(ThreadCache* cache, SizeClass size_class,
                     void* block) const {
  ThreadCache* own = AttachedOrNull(cache);
  if (own != nullptr) {
    own->Push(size_class, block);
  } else {
    HeaderOf(block) =
        BlockSeal(keys_, block).Seal(keys_.free(), PayloadOfClass(size_class));
    central_.Put(size_class, 0, &block, 1);
  }
}

void* Heap::AllocateZeroed(ThreadCache* cache, size_t bytes) const {
  if (bytes <= kMaxSmallBytes) {
    void* block = TryAllocate(cache, bytes);
    if (block == nullptr) return AllocateZeroedMiss(cache, bytes);
    memset(block, 0, bytes);
    return block;
  }
  ThreadCache* own = AttachedOrNull(cache);
  bool zeroed = false;
  void* block = NewLarge(bytes, kBlockAlignment, Origin::kMalloc, &zeroed);
  if (block != nullptr && !zeroed) memset(block, 0, bytes);
  return Noted(TracedCall::kCalloc, own, block, bytes);
}

void* Heap::AllocateZeroedMiss(ThreadCache* cache, size_t bytes) const {
  ThreadCache* own = AttachedOrNull(cache);
  void* block = Silent().Allocate(own != nullptr ? own : cache, bytes);
  if (block != nullptr) memset(block, 0, bytes);
  return Noted(TracedCall::kCalloc, own, block, bytes);
}

void* Heap::AllocateAligned(ThreadCache* cache, size_t alignment, size_t bytes,
                            Origin origin) const {
  ThreadCache* own = AttachedOrNull(cache);
  alignment = std::max(alignment, kBlockAlignment);
  if (bytes > kMaxRequestBytes || alignment > kMaxRequestBytes - bytes) {
    return OutOfMemory();
  }
  return Noted(TracedCall::kAligned, own,
               NewAligned(own, alignment, bytes, origin), bytes, alignment);
}

void* Heap::NewAligned(ThreadCache* own, size_t alignment, size_t bytes,
                       Origin origin) const {
  if (ClosesHitPaths(options_)) {
    return AllocateStrict(own, bytes, alignment, origin);
  }
  const size_t padded = PaddedBytes(bytes, alignment);
  if (padded > kMaxSmallBytes) {
    return NewLarge(bytes, alignment, origin, nullptr);
  }
  void* base = NewSmall(own, SizeClassFor(padded));
  if (base == nullptr) return OutOfMemory();
  return HandOut(AlignWithin(base, alignment));
}

// The first address in a size class's block that is a multiple of `alignment`.
void* Heap::AlignWithin(void* base, size_t alignment) const {
  void* block = reinterpret_cast<void*>(
      AlignUp(reinterpret_cast<uintptr_t>(base), alignment));
  if (block != base) {
    SealLive(base, kAlignedBaseSlot);
    SealLive(block, kAlignedSlot);
  }
  return block;
}

}  // namespace headroom
