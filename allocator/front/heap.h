// The heap as its callers see it: allocate, free, resize, ask.
//
// Role: size -> class, seal the header; on free, open it. Everything that is
//   not a plain cached block leaves the hit path by one door a function.
//   Where hardening or a trace closes the hit paths, their keys open nothing
//   and every call goes through the doors.
// Takes from: trace, thread, central, pages. Gives to: the composition root.
// Thread-safety: all methods, given the calling thread's own cache. An
//   immutable bundle of references, so that a constexpr instance costs no
//   load. Signal-safety: none, as malloc's.
#ifndef HEADROOM_ALLOCATOR_FRONT_HEAP_H_
#define HEADROOM_ALLOCATOR_FRONT_HEAP_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/base/memory_checker.h"
#include "allocator/base/misuse.h"
#include "allocator/base/options.h"
#include "allocator/base/origin.h"
#include "allocator/base/registers.h"
#include "allocator/block/block_payload.h"
#include "allocator/central/central_cache.h"
#include "allocator/front/block_finder.h"
#include "allocator/front/block_tail.h"
#include "allocator/front/large_blocks.h"
#include "allocator/front/quarantine.h"
#include "allocator/front/sampled_blocks.h"
#include "allocator/thread/thread_cache.h"
#include "allocator/trace/call_recorder.h"

namespace headroom {

class Heap {
 public:
  // Makes a cache for the calling thread; null when it may not have one (it
  // is exiting, or memory is out): then its calls go to the central cache.
  using AttachFunction = ThreadCache* (*)();

  struct Parts {
    const SealKeys& keys;
    const Options& options;
    CentralCache& central;
    const BlockFinder& finder;
    const LargeBlocks& large;
    const SampledBlocks& sampled;
    Quarantine& quarantine;
    // Told of every call when the options ask for a trace.
    CallRecorder* recorder = nullptr;
  };

  constexpr Heap(const Parts& parts, AttachFunction attach)
      : keys_(parts.keys),
        options_(parts.options),
        central_(parts.central),
        finder_(parts.finder),
        large_(parts.large),
        sampled_(parts.sampled),
        quarantine_(parts.quarantine),
        recorder_(parts.recorder),
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
    void* block = TryPop(cache, bytes);
    if (block == nullptr) [[unlikely]] {
      return AllocateMiss(bytes, cache, this, kOrigin);
    }
    KeepFirstArgument(bytes);
    if (cache->SampleIsDue()) [[unlikely]] {
      return AllocateSampled(bytes, cache, this, block);
    }
    return HandOut(block);
  }

  // The hit path of Allocate alone: null, errno kept, where Allocate would go
  // on to a slow path. For callers that have one of their own behind it.
  [[gnu::always_inline]] void* TryAllocate(ThreadCache* cache,
                                           size_t bytes) const {
    if (bytes > kMaxSmallBytes) [[unlikely]]
      return nullptr;
    void* block = TryPop(cache, bytes);
    KeepFirstArgument(bytes);
    if (block != nullptr && cache->SampleIsDue()) [[unlikely]] {
      return AllocateSampled(bytes, cache, this, block);
    }
    return HandOut(block);
  }

  // `block` is live or null. Keeps errno. Reports misuse.
  template <Origin kOrigin = Origin::kMalloc>
  [[gnu::always_inline]] void Free(ThreadCache* cache, void* block) const {
    if (block == nullptr) [[unlikely]]
      return;
    const uint64_t payload = BlockSeal::ReadPayload(block);
    const BlockSeal seal(keys_, block);
    if (!kChecked || ((payload & ~kPayloadMask) == 0 &&
                      seal.IsInParts(keys_.hit_live(), payload, block)))
        [[likely]] {
      if (cache->TryPush(seal, block, payload, keys_.hit_free())) [[likely]] {
        TakeBack(block, payload);
        return;
      }
    }
    FreeMiss(block, cache, this, kOrigin);
  }

  // As Free; `bytes` is what was asked for last.
  template <Origin kOrigin = Origin::kMalloc>
  [[gnu::always_inline]] void FreeSized(ThreadCache* cache, void* block,
                                        size_t bytes) const {
    if constexpr (!kChecked) return Free<kOrigin>(cache, block);
    if (block == nullptr) [[unlikely]]
      return;
    if (bytes <= kMaxSmallBytes) [[likely]] {
      // The size says the class; is it live, and of this one?
      const uint64_t payload = PayloadFor(bytes);
      const BlockSeal seal(keys_, block);
      if (BlockSeal::ReadPayload(block) == payload &&
          seal.IsInParts(keys_.hit_live(), payload, block)) [[likely]] {
        if (cache->TryPush(seal, block, payload, keys_.hit_free())) [[likely]] {
          TakeBack(block, payload);
          return;
        }
      }
    }
    TouchHeader(block);
    FreeSizedMiss(block, cache, this, kOrigin, bytes, kBlockAlignment);
  }

  // Reads what the hit path has not read: a fault here, in a function of the
  // interface, is explained by its argument (see override/export.h), and
  // BlockFinder may read it again.
  [[gnu::always_inline]] static void TouchHeader(const void* block) {
    asm volatile("" : : "r"(BlockSeal::ReadPayload(block)));
  }

  // As FreeSized, of a block that was allocated at a multiple of `alignment`.
  // `block` is not null, and the caller has called TouchHeader.
  void FreeAlignedSized(ThreadCache* cache, void* block, size_t alignment,
                        size_t bytes, Origin origin) const;

  // As Allocate; the first `bytes` bytes are zero.
  void* AllocateZeroed(ThreadCache* cache, size_t bytes) const;

  // As Allocate, at a multiple of `alignment`, a power of two.
  void* AllocateAligned(ThreadCache* cache, size_t alignment, size_t bytes,
                        Origin origin) const;

  // Resizes a live block to at least `bytes` > 0, content kept, moving it
  // where it must. Null with errno ENOMEM: the block is unchanged.
  void* Reallocate(ThreadCache* cache, void* block, size_t bytes) const;

  // Bytes from `block` on that are the caller's; stable while it lives.
  size_t UsableBytes(const void* block) const;

 private:
  [[gnu::always_inline]] void* TryPop(ThreadCache* cache, size_t bytes) const {
    const uint64_t payload = PayloadFor(bytes);
    return cache->TryPop(keys_, payload, keys_.hit_free(), keys_.hit_live());
  }

  // Tells a memory checker whose a small block is from now on. HandOut: `block`
  // is returned, its tail written; null is nobody's. TakeBack: a hit's block,
  // which only this thread can hand out again.
  void* HandOut(void* block) const {
    if constexpr (MemoryChecker::kPresent) {
      if (block != nullptr) MemoryChecker::BlockMade(block, UsableBytes(block));
    }
    return block;
  }
  static void TakeBack(void* block, uint64_t payload) {
    if constexpr (MemoryChecker::kPresent) {
      const SizeClass size_class = ClassOfSlot(SlotOf(payload));
      MemoryChecker::BlockGone(block, headroom::UsableBytesOf(size_class));
    }
  }

  // The doors out of the hit paths. Static, with the arguments in the order
  // in which the hit paths hold them in registers.
  [[gnu::noinline]] static void* AllocateMiss(size_t bytes, ThreadCache* cache,
                                              const Heap* heap, Origin origin);
  [[gnu::noinline]] static void* AllocateLarge(size_t bytes, ThreadCache* cache,
                                               const Heap* heap, Origin origin);
  [[gnu::noinline]] static void* AllocateSampled(size_t bytes,
                                                 ThreadCache* cache,
                                                 const Heap* heap, void* block);
  [[gnu::noinline]] static void FreeMiss(void* block, ThreadCache* cache,
                                         const Heap* heap, Origin origin);
  [[gnu::noinline]] static void FreeSizedMiss(void* block, ThreadCache* cache,
                                              const Heap* heap, Origin origin,
                                              size_t bytes, size_t alignment);

  // heap.cc
  void* AllocateZeroedMiss(ThreadCache* cache, size_t bytes) const;
  void* NewAligned(ThreadCache* own, size_t alignment, size_t bytes,
                   Origin origin) const;
  void* NewSmall(ThreadCache* own, SizeClass size_class) const;
  void* NewLarge(size_t bytes, size_t alignment, Origin origin,
                 bool* zeroed) const;
  void* AlignWithin(void* base, size_t alignment) const;
  bool Retire(const FoundBlock& found) const;
  void FreeFound(ThreadCache* cache, const FoundBlock& found) const;
  void FreeSmall(ThreadCache* cache, SizeClass size_class, void* block) const;

  // heap_resize.cc
  void* Resize(ThreadCache* cache, void* block, size_t bytes) const;
  void* ResizeInPlace(const FoundBlock& found, size_t bytes) const;
  size_t UsableBytesOf(const FoundBlock& found) const;
  bool HasSize(const FoundBlock& found, size_t bytes, size_t alignment) const;

  // heap_strict.cc
  void* AllocateStrict(ThreadCache* own, size_t bytes, size_t alignment,
                       Origin origin) const;
  BlockTail TailOf(const FoundBlock& found) const;
  static Misuse NoteDamaged(const FoundBlock& found);
  void WriteTail(const FoundBlock& made, size_t bytes, Origin origin) const;
  bool CheckTail(const FoundBlock& found, Caller caller, Origin origin) const;
  void ReportDamagedTail(Misuse damage, const FoundBlock& found,
                         Caller caller) const;
  void FreeStrict(ThreadCache* cache, SizeClass size_class, void* start) const;
  void LeaveQuarantine(ThreadCache* cache, Quarantine::Block left) const;
  void CheckStillZero(ThreadCache* own, void* block, size_t bytes) const;

  // heap_trace.cc
  bool IsTraced() const;
  Heap Silent() const;
  void* Noted(TracedCall call, ThreadCache* own, void* block, size_t bytes,
              size_t alignment = kBlockAlignment) const;
  void NoteFree(ThreadCache* cache, const void* block) const;
  void* ResizeNoted(ThreadCache* cache, void* block, size_t bytes) const;

  void SealLive(void* block, uint32_t slot) const {
    HeaderOf(block) =
        BlockSeal(keys_, block).Seal(keys_.live(), PayloadOfSlot(slot));
  }
  ThreadCache* AttachedOrNull(ThreadCache* cache) const {
    return cache->is_attached() ? cache : attach_();
  }

  const SealKeys& keys_;
  const Options& options_;
  CentralCache& central_;
  const BlockFinder& finder_;
  const LargeBlocks& large_;
  const SampledBlocks& sampled_;
  Quarantine& quarantine_;
  CallRecorder* recorder_;
  const AttachFunction attach_;
};

// What has to be asked for so that an address at a multiple of `alignment` lies
// in it with `bytes` behind: blocks start at multiples of 16.
inline constexpr size_t PaddedBytes(size_t bytes, size_t alignment) {
  return bytes + alignment - kBlockAlignment;
}

// The size a request of `bytes` at a multiple of `alignment` (at least
// kBlockAlignment) gets when it is allocated afresh.
size_t GoodSize(size_t bytes, size_t alignment = kBlockAlignment);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_HEAP_H_
