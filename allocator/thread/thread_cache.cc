#include "allocator/thread/thread_cache.h"

#include <algorithm>
#include <cstdint>

#include "allocator/block/free_check.h"

namespace headroom {
namespace {

// A thread that only frees gets no larger magazines than this: it must not
// hoard what others need.
constexpr size_t kPushOnlyBytes = 32 * 1024;

uint32_t BatchOf(const Magazine& magazine) {
  return (magazine.capacity() + 1) / 2;
}

// Before the heap grows, what the dead left is used.
uint32_t Take(CentralCache& central, ParkedCaches* parked, SizeClass size_class,
              uint32_t shard, void** out, uint32_t want) {
  uint32_t count = central.Take(size_class, shard, out, want);
  if (count == 0 && parked != nullptr &&
      parked->FlushParked(ParkedCaches::kEndOfTime)) {
    count = central.Take(size_class, shard, out, want);
  }
  return count > 0 ? count
                   : central.TakeFromNewSpan(size_class, shard, out, want);
}

}  // namespace

void* ThreadCache::Pop(SizeClass size_class) {
  const uint64_t payload = PayloadOfClass(size_class);
  Magazine& magazine = MagazineOf(size_class);
  const SealKeys& keys = supply_->keys;
  for (bool missed = false;; missed = true) {
    void* block = PopTop(keys, payload, keys.free(), keys.live());
    if (block != nullptr) {
      if (!missed) tally_.Hit();
      return block;
    }
    if (magazine.blocks() > 0) {
      // Damaged, and out of use from here on.
      block = *magazine.top.Get();
      magazine.top.StepDown();
      ReportNotFree(keys, block);
    } else if (!Refill(size_class)) {
      return magazine.is_closed()
                 ? TakeOne(supply_->central, keys, size_class, shard_, parked_)
                 : nullptr;
    }
  }
}

// False when out of memory, or when the budget leaves no magazine.
bool ThreadCache::Refill(SizeClass size_class) {
  Magazine& magazine = MagazineOf(size_class);
  CountMiss(magazine);
  Grow(size_class, SIZE_MAX);
  if (magazine.is_closed()) return false;
  void** cells = magazine.cells.Get();
  const uint32_t count = Take(supply_->central, parked_, size_class, shard_,
                              cells + 1, BatchOf(magazine));
  magazine.top.Set(cells + count);
  return count > 0;
}

void ThreadCache::Push(SizeClass size_class, void* block) {
  const uint64_t payload = PayloadOfClass(size_class);
  const SealKeys& keys = supply_->keys;
  const BlockSeal seal(keys, block);
  Magazine& magazine = MagazineOf(size_class);
  if (TryPush(seal, block, payload, keys.free())) return;
  CountMiss(magazine);
  Grow(size_class, kPushOnlyBytes);
  if (magazine.is_closed()) {
    // The budget is spent: nothing stays here.
    HeaderOf(block) = seal.Seal(keys.free(), payload);
    supply_->central.Put(size_class, shard_, &block, 1);
    return;
  }
  if (magazine.top.Get() == magazine.limit) {
    SendOldest(size_class, BatchOf(magazine));
  }
  PushTop(seal, block, payload, keys.free());
}

// What was freed last stays: it is still in the processor's cache.
void ThreadCache::SendOldest(SizeClass size_class, uint32_t sent) {
  Magazine& magazine = MagazineOf(size_class);
  void** first = magazine.cells.Get() + 1;
  supply_->central.Put(size_class, shard_, first, sent);
  const uint32_t kept = magazine.blocks() - sent;
  std::copy_n(first + sent, kept, first);
  magazine.top.Set(first + kept - 1);
}

void* TakeOne(CentralCache& central, const SealKeys& keys, SizeClass size_class,
              uint32_t shard, ParkedCaches* parked) {
  const uint64_t payload = PayloadOfClass(size_class);
  void* block;
  while (Take(central, parked, size_class, shard, &block, 1) > 0) {
    const BlockSeal seal(keys, block);
    if (seal.Is(keys.free(), payload, HeaderOf(block))) {
      HeaderOf(block) = seal.Seal(keys.live(), payload);
      return block;
    }
    ReportNotFree(keys, block);
  }
  return nullptr;
}

}  // namespace headroom
