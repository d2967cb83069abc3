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

#include <atomic>
#include <cstdint>

#include "allocator/block/block_payload.h"
#include "allocator/block/free_list.h"

namespace headroom {

struct Magazine {
  void* active = nullptr;
  // Relaxed atomics: written by the owner alone, read by statistics.
  std::atomic<uint32_t> active_count{0};
  uint32_t capacity = 0;  // of each chain; 0 also closes special slots
  void* spare = nullptr;
  std::atomic<uint32_t> spare_count{0};
  uint32_t misses = 0;  // since the last look for idle classes

  // The first block, or null: empty, or its word does not check (which the
  // slow path tells apart and reports).
  void* TryPop(const SealKeys& keys) {
    void* block = active;
    if (block == nullptr) [[unlikely]]
      return nullptr;
    const OpenedFree opened = OpenFree(keys, block, HeaderOf(block));
    if (!opened.ok) [[unlikely]]
      return nullptr;
    active = opened.next;
    SetActiveCount(active_count.load(std::memory_order_relaxed) - 1);
    return block;
  }

  // False when the active chain is full.
  bool TryPush(const SealKeys& keys, void* block) {
    const uint32_t count = active_count.load(std::memory_order_relaxed);
    if (count >= capacity) [[unlikely]]
      return false;
    active = PushFree(keys, block, active);
    SetActiveCount(count + 1);
    return true;
  }

  Batch TakeActive() {
    const Batch batch{active, active_count.load(std::memory_order_relaxed)};
    SetActive({});
    return batch;
  }
  Batch TakeSpare() {
    const Batch batch{spare, spare_count.load(std::memory_order_relaxed)};
    SetSpare({});
    return batch;
  }
  void SetActive(Batch batch) {
    active = batch.head;
    SetActiveCount(batch.count);
  }
  void SetSpare(Batch batch) {
    spare = batch.head;
    spare_count.store(batch.count, std::memory_order_relaxed);
  }
  uint32_t blocks() const {
    return active_count.load(std::memory_order_relaxed) +
           spare_count.load(std::memory_order_relaxed);
  }

 private:
  void SetActiveCount(uint32_t count) {
    active_count.store(count, std::memory_order_relaxed);
  }
};
static_assert(sizeof(Magazine) == 1u << kSlotShift,
              "a payload's slot bits are a magazine's offset");

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_
