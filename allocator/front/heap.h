// The heap as its callers see it: allocate, free, resize, ask.
//
// Role: size -> class, seal the header; on free, open it. Everything that is
//   not a plain cached block leaves the hit path by one of two doors,
//   AllocateMiss and FreeMiss.
// Takes from: thread, central, pages. Gives to: the composition root.
// Thread-safety: all methods, given the calling thread's own cache. An
//   immutable bundle of references, so that a constexpr instance costs no
//   load. Signal-safety: none, as malloc's.
#ifndef HEADROOM_ALLOCATOR_FRONT_HEAP_H_
#define HEADROOM_ALLOCATOR_FRONT_HEAP_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/base/misuse.h"
#include "allocator/block/block_payload.h"
#include "allocator/central/central_cache.h"
#include "allocator/front/block_finder.h"
#include "allocator/front/large_blocks.h"
#include "allocator/thread/thread_cache.h"

namespace headroom {

class Heap {
 public:
  // Makes a cache for the calling thread; null when it may not have one (it
  // is exiting, or memory is out): then its calls go to the central cache.
  using AttachFunction = ThreadCache* (*)();

  constexpr Heap(const SealKeys& keys, CentralCache& central,
                 const BlockFinder& finder, const LargeBlocks& large,
                 AttachFunction attach)
      : keys_(keys),
        central_(central),
        finder_(finder),
        large_(large),
        attach_(attach) {}

  // At least `bytes` usable bytes, aligned to 16; 0 bytes count as 1. Null
  // with errno ENOMEM when memory is out or bytes > kMaxRequestBytes.
  template <Origin kOrigin = Origin::kMalloc>
  [[gnu::always_inline]] void* Allocate(ThreadCache* cache,
                                        size_t bytes) const {
    if constexpr (kDebugBuild) DebugCheckNoLockHeld();
    if (bytes > kMaxSmallBytes) [[unlikely]] {
      return AllocateLarge(bytes, cache, this, kOrigin);
    }
    const uint64_t slot = kSlotOffsetOfGranules[StrideGranules(bytes)];
    const uint64_t payload = slot | static_cast<uint64_t>(kOrigin);
    void* block = cache->MagazineAt(slot).TryPop(keys_, payload);
    if (block != nullptr) [[likely]]
      return block;
    return AllocateMiss(payload, cache, this);
  }

  // The hit path of Allocate alone: null, errno kept, where Allocate would go
  // on to a slow path. For callers that have one of their own behind it.
  template <Origin kOrigin>
  [[gnu::always_inline]] void* TryAllocate(ThreadCache* cache,
                                           size_t bytes) const {
    if (bytes > kMaxSmallBytes) [[unlikely]]
      return nullptr;
    const uint64_t slot = kSlotOffsetOfGranules[StrideGranules(bytes)];
    return cache->MagazineAt(slot).TryPop(
        keys_, slot | static_cast<uint64_t>(kOrigin));
  }

  // `block` is live or null. Keeps errno. Aborts with a report on misuse.
  [[gnu::always_inline]] void Free(ThreadCache* cache, void* block) const {
    if (block == nullptr) [[unlikely]]
      return;
    const BlockSeal seal(keys_, block);
    const BlockSeal::Live opened = seal.OpenLive(HeaderOf(block));
    if (opened.ok) [[likely]] {
      Magazine& magazine = cache->MagazineAt(opened.payload & kSlotMask);
      if (magazine.TryPush(seal, block)) [[likely]]
        return;
    }
    FreeMiss(block, cache, this);
  }

  // As Allocate; the first `bytes` bytes are zero.
  void* AllocateZeroed(ThreadCache* cache, size_t bytes) const;

  // As Allocate, at a multiple of `alignment`, a power of two.
  void* AllocateAligned(ThreadCache* cache, size_t alignment, size_t bytes,
                        Origin origin) const;

  // Resizes a live block to at least `bytes` > 0, content kept, moving it
  // where it must. Null with errno ENOMEM: the block is unchanged.
  void* Reallocate(ThreadCache* cache, void* block, size_t bytes) const;

  // Bytes from `block` on that are the caller's; stable while it lives.
  size_t UsableBytes(const void* block) const {
    return finder_.Find(block, Misuse::kInvalidUsableSize).usable_bytes;
  }

 private:
  // The doors out of the hit paths. Static, with the arguments in the order
  // in which the hit paths hold them in registers.
  [[gnu::noinline]] static void* AllocateMiss(uint64_t payload,
                                              ThreadCache* cache,
                                              const Heap* heap);
  [[gnu::noinline]] static void* AllocateLarge(size_t bytes, ThreadCache* cache,
                                               const Heap* heap, Origin origin);
  [[gnu::noinline]] static void FreeMiss(void* block, ThreadCache* cache,
                                         const Heap* heap);

  void* NewLargeBlock(ThreadCache* cache, size_t bytes, size_t alignment,
                      Origin origin, bool* zeroed) const;
  void FreeSmall(ThreadCache* cache, SizeClass size_class, void* block) const;
  void SealLive(void* block, uint64_t payload) const {
    HeaderOf(block) = BlockSeal(keys_, block).SealLive(payload);
  }
  ThreadCache* AttachedOrNull(ThreadCache* cache) const {
    return cache->is_attached() ? cache : attach_();
  }

  const SealKeys& keys_;
  CentralCache& central_;
  const BlockFinder& finder_;
  const LargeBlocks& large_;
  const AttachFunction attach_;
};

// The size a request of `bytes` gets when it is allocated afresh.
size_t GoodSize(size_t bytes);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_HEAP_H_
