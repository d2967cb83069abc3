// One thread's magazines: malloc and free without a lock.
//
// Role: hits end here. A miss moves a batch from or to the central cache;
//   magazines grow with use, within the budget of all caches, and when that is
//   spent at the expense of larger ones.
// Takes from: central. Gives to: front.
// Thread-safety: only the owning thread calls, but for cached_blocks().
// Signal-safety: none, as malloc's.
// Invariant: a magazine holds at most two batches, rounded up to 2^n - 1.
#ifndef HEADROOM_ALLOCATOR_THREAD_THREAD_CACHE_H_
#define HEADROOM_ALLOCATOR_THREAD_THREAD_CACHE_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/registers.h"
#include "allocator/base/tally.h"
#include "allocator/central/central_cache.h"
#include "allocator/central/scavenger.h"
#include "allocator/system/cell_pool.h"
#include "allocator/thread/cache_budget.h"
#include "allocator/thread/magazine.h"

namespace headroom {

class TraceBuffer;

// The caches of threads that ended, kept for those to come.
class ParkedCaches {
 public:
  static constexpr uint64_t kParkedMs = 1000;
  // A time at which all are old.
  static constexpr uint64_t kEndOfTime = ~uint64_t{0};

  // Flushes those that at `now_ms` were parked for kParkedMs; true when there
  // was one. Call it without any lock held.
  virtual bool FlushParked(uint64_t now_ms) = 0;

 protected:
  ~ParkedCaches() = default;
};

class ThreadCache {
  // First, so that a payload is the offset of its magazine.
  alignas(64) Magazine magazines_[kSlotCount] = {};

 public:
  // What a cache needs from below.
  struct Supply {
    CentralCache& central;
    Scavenger& scavenger;
    CacheBudget& budget;
    CellPool& cells;
    const SealKeys& keys;
  };

  // A cache that stays empty: every call misses. Stands in before a thread
  // has a cache of its own and after it gave it up; never written to.
  constexpr ThreadCache() = default;

  // Begins the cache's life. What it is given outlives it.
  void Attach(const Supply& supply, ParkedCaches& parked, uint32_t shard) {
    supply_ = &supply;
    parked_ = &parked;
    shard_ = shard;
  }
  bool is_attached() const { return supply_ != nullptr; }

  // By a payload: see block_payload.h.
  Magazine& MagazineAt(size_t payload) {
    return *reinterpret_cast<Magazine*>(reinterpret_cast<char*>(magazines_) +
                                        payload);
  }

  // The hit path of an allocation: takes the block that was freed last and
  // makes it live. Null when its header does not say that it is free: there is
  // none, or it is damaged. Keys: those of the states.
  void* TryPop(const SealKeys& keys, uint64_t payload, const uint64_t& free_key,
               const uint64_t& live_key) {
    void* block = PopTop(keys, payload, free_key, live_key);
    if (block != nullptr) tally_.Hit();
    return block;
  }

  // The hit path of a free: takes a block that was live. False when its
  // magazine is full.
  bool TryPush(const BlockSeal& seal, void* block, uint64_t payload,
               const uint64_t& free_key) {
    if (!PushTop(seal, block, payload, free_key)) return false;
    tally_.Hit();
    return true;
  }

  // The slow ways: after a hit path failed, or where none may be taken. Pop
  // returns a live block, or null when out of memory. A damaged block is
  // reported.
  void* Pop(SizeClass size_class);
  // Takes a live block.
  void Push(SizeClass size_class, void* block);

  // Counts an allocation; true when it is to be a sampled one. Never called
  // for a cache that is not attached.
  bool SampleIsDue() { return CountDown(until_sample_); }
  // The next sample is the `allocations`th from now on; at least 1.
  void SampleAfter(uint64_t allocations) { until_sample_ = allocations; }
  // For whoever samples: its state, and how many blocks it looked at.
  uint64_t sampling_dice = 0;
  uint64_t reuses = 0;

  // For whoever writes the thread's calls down; null until it does.
  TraceBuffer* trace_buffer = nullptr;

  // Gives every block and the whole budget back.
  void Flush();

  // What its magazines hold of the budget, in bytes.
  size_t reserved() const { return reserved_; }

  // Any thread may ask; exact when the owner is not in a call. While it
  // exchanges the cells, the difference is of two arrays: then 0.
  uint64_t cached_blocks(SizeClass size_class) const {
    const uint32_t blocks = magazines_[SlotOfClass(size_class)].blocks();
    return blocks < CellPool::kMostCells ? blocks : 0;
  }

  // How many calls a magazine served, and how many it did not. Any thread may
  // ask.
  HitCounts tally() const { return tally_.counts(); }
  void ResetTally() { tally_.Reset(); }

  // For the composition root: the thread's end was announced.
  bool leaving = false;

  // Links of the registry's list.
  ThreadCache* next = nullptr;
  ThreadCache* previous = nullptr;

 private:
  friend struct DebugLayout;

  // TryPop and TryPush, for calls that count already, as misses.
  void* PopTop(const SealKeys& keys, uint64_t payload, const uint64_t& free_key,
               const uint64_t& live_key) {
    void* block = *MagazineAt(payload).top.Get();
    const BlockSeal seal(keys, block);
    if constexpr (kChecked) {
      if (!seal.Is(free_key, payload, HeaderOf(block))) [[unlikely]]
        return nullptr;
    } else if (block == kNoBlock) {
      return nullptr;
    }
    seal.WriteLive(live_key, payload, block);
    // An address made anew costs nothing, one that is kept an instruction.
    asm("" : "+r"(payload));
    MagazineAt(payload).top.StepDown();
    return block;
  }

  bool PushTop(const BlockSeal& seal, void* block, uint64_t payload,
               const uint64_t& free_key) {
    void** cell = MagazineAt(payload).top.Get();
    asm("" : "+r"(payload));  // as above
    if (cell == MagazineAt(payload).limit) [[unlikely]]
      return false;
    HeaderOf(block) = seal.Seal(free_key, payload);
    cell[1] = block;
    asm("" : "+r"(payload));
    MagazineAt(payload).top.Set(cell + 1);
    return true;
  }

  Magazine& MagazineOf(SizeClass size_class) {
    return magazines_[SlotOfClass(size_class)];
  }
  bool Refill(SizeClass size_class);
  void SendOldest(SizeClass size_class, uint32_t sent);

  // In thread_cache_capacity.cc.
  void Grow(SizeClass size_class, size_t most_bytes);
  bool TryReserve(size_t bytes);
  bool HalveALarger(size_t bytes);
  void Halve(SizeClass size_class);
  void MoveTo(Magazine& magazine, void** cells, uint32_t count);
  void CountMiss(Magazine& magazine);
  void ReleaseIdleClasses();
  void ReleaseClass(SizeClass size_class);

  const Supply* supply_ = nullptr;
  ParkedCaches* parked_ = nullptr;
  // With nobody who sets it, no sample is ever due.
  uint64_t until_sample_ = ~uint64_t{0};
  uint32_t shard_ = 0;
  size_t reserved_ = 0;
  size_t next_to_halve_ = 0;  // a class
  uint32_t misses_until_look_ = kMissesBetweenLooks;
  uint64_t idle_look_ms_ = 0;
  [[no_unique_address]] Tally tally_;

  static constexpr uint32_t kMissesBetweenLooks = 64;
};

// For calls without a cache, or without a magazine: takes one block and makes
// it live. Null when out of memory. A damaged block is reported. `parked`, if
// any, are flushed before the heap grows.
void* TakeOne(CentralCache& central, const SealKeys& keys, SizeClass size_class,
              uint32_t shard, ParkedCaches* parked = nullptr);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_THREAD_CACHE_H_
