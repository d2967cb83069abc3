// One thread's magazines: malloc and free without a lock.
//
// Role: hits end here. A miss moves a whole batch from or to the central
//   cache; magazines grow with use, within the budget of all caches.
// Takes from: central. Gives to: front.
// Thread-safety: only the owning thread calls, but for cached_blocks().
// Signal-safety: none, as malloc's.
// Invariant: a magazine's chains hold at most one batch each.
#ifndef HEADROOM_ALLOCATOR_THREAD_THREAD_CACHE_H_
#define HEADROOM_ALLOCATOR_THREAD_THREAD_CACHE_H_

#include <cstddef>
#include <cstdint>

#include "allocator/central/central_cache.h"
#include "allocator/central/scavenger.h"
#include "allocator/thread/cache_budget.h"
#include "allocator/thread/magazine.h"

namespace headroom {

class ThreadCache {
 public:
  // What a cache needs from below.
  struct Supply {
    CentralCache& central;
    Scavenger& scavenger;
    CacheBudget& budget;
    const SealKeys& keys;
  };

  // A cache that stays empty: every call misses. Stands in before a thread
  // has a cache of its own and after it gave it up; never written to.
  constexpr ThreadCache() = default;

  // Begins the cache's life. `supply` outlives it.
  void Attach(const Supply& supply, uint32_t shard) {
    supply_ = &supply;
    shard_ = shard;
  }
  bool is_attached() const { return supply_ != nullptr; }

  // By a payload's slot bits: see block_payload.h.
  Magazine& MagazineAt(size_t slot_offset) {
    return *reinterpret_cast<Magazine*>(reinterpret_cast<char*>(magazines_) +
                                        slot_offset);
  }

  // After TryPop failed: as TryPop, or null when out of memory. Aborts when
  // the first block's word is not genuine.
  void* PopMiss(SizeClass size_class, uint64_t payload);
  // After TryPush failed.
  void PushMiss(SizeClass size_class, void* block);

  // Gives every block and the whole budget back.
  void Flush();

  // What its magazines hold of the budget, in bytes.
  size_t reserved() const { return reserved_; }

  // Any thread may ask; exact when the owner is not in a call.
  uint64_t cached_blocks(SizeClass size_class) const {
    return magazines_[SlotOfClass(size_class)].blocks();
  }

  // For the composition root: the thread's end was announced.
  bool leaving = false;

  // Links of the registry's list.
  ThreadCache* next = nullptr;
  ThreadCache* previous = nullptr;

 private:
  Magazine& MagazineOf(SizeClass size_class) {
    return magazines_[SlotOfClass(size_class)];
  }
  void Grow(SizeClass size_class, uint32_t limit);
  void CountMiss(Magazine& magazine);
  void ReleaseIdleClasses();
  void ReleaseClass(SizeClass size_class);
  void PutBatch(SizeClass size_class, Batch batch);

  alignas(64) Magazine magazines_[kSlotCount] = {};
  const Supply* supply_ = nullptr;
  uint32_t shard_ = 0;
  size_t reserved_ = 0;
  uint32_t misses_until_look_ = kMissesBetweenLooks;
  uint64_t idle_look_ms_ = 0;

  static constexpr uint32_t kMissesBetweenLooks = 64;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_THREAD_CACHE_H_
