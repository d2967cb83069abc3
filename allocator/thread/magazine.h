// One thread's free blocks of one size class.
//
// Role: two chains, Bonwick's magazines: pop and push touch only the active
//   one; the spare one keeps a thread that swings around a boundary from
//   travelling to the central list.
// Takes from: block. Gives to: thread_cache.
// Thread-safety: only the owner calls; other threads may read the counts.
// Invariant: active_count and spare_count are the lengths of the chains.
#ifndef HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_
#define HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_

#include <cstdint>

#include "allocator/base/relaxed_counter.h"
#include "allocator/block/block_payload.h"
#include "allocator/block/free_list.h"

namespace headroom {

struct Magazine {
  void* active = kListEnd;
  RelaxedCounter active_count;  // written by the owner, read by statistics
  uint32_t capacity = 0;        // of each chain; 0 also closes special slots
  void* spare = nullptr;        // meaningless while spare_count is 0
  RelaxedCounter spare_count;
  uint32_t misses = 0;  // since the last look for idle classes

  // Takes the first block and makes its header live with `payload`. Null when
  // the first word does not check: the chain is empty, or damaged (which the
  // slow path tells apart and reports).
  void* TryPop(const SealKeys& keys, uint64_t payload) {
    void* block = active;
    const BlockSeal seal(keys, block);
    const BlockSeal::Free opened = seal.OpenFree(HeaderOf(block));
    if (!opened.ok) [[unlikely]]
      return nullptr;
    active = opened.next;
    // The next pop reads that block's word, which may be cold.
    __builtin_prefetch(static_cast<char*>(opened.next) - kHeaderBytes);
    active_count.Decrement();
    HeaderOf(block) = seal.SealLive(payload);
    return block;
  }

  // False when the active chain is full.
  bool TryPush(const BlockSeal& seal, void* block) {
    if (active_count.Get() >= capacity) [[unlikely]]
      return false;
    HeaderOf(block) = seal.SealFree(active);
    active = block;
    active_count.Increment();
    return true;
  }

  Batch TakeActive() {
    const Batch batch{active, active_count.Get()};
    SetActive({});
    return batch;
  }
  Batch TakeSpare() {
    const Batch batch{spare, spare_count.Get()};
    SetSpare({});
    return batch;
  }
  void SetActive(Batch batch) {
    active = batch.head;
    active_count.Set(batch.count);
  }
  void SetSpare(Batch batch) {
    spare = batch.head;
    spare_count.Set(batch.count);
  }
  uint32_t blocks() const { return active_count.Get() + spare_count.Get(); }
};
static_assert(sizeof(Magazine) == 1u << kSlotShift,
              "a payload's slot bits are a magazine's offset");

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_
