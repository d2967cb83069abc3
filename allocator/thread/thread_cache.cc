#include "allocator/thread/thread_cache.h"

#include <algorithm>
#include <bit>

#include "allocator/block/free_check.h"

namespace headroom {
namespace {

// A magazine's first capacity, in bytes; it doubles at each miss.
constexpr size_t kFirstBytes = 1024;
// A thread that only frees gets no larger magazines than this: it must not
// hoard what others need.
constexpr size_t kPushOnlyBytes = 32 * 1024;
// A class without a miss for so long gives its blocks back.
constexpr uint64_t kIdleMs = 1000;
// A magazine's cells, one of which holds no block, are a power of two.
constexpr size_t kLeastCells = 2;

// For two batches.
uint32_t MostCells(SizeClass size_class) {
  return std::bit_ceil(2 * kSizeClasses[size_class].max_batch);
}

// As many, but for no more than `bytes` where that is possible.
uint32_t CellsWithin(SizeClass size_class, size_t bytes) {
  const size_t blocks = bytes / StrideOf(size_class);
  return std::min(
      MostCells(size_class),
      static_cast<uint32_t>(std::max(kLeastCells, std::bit_floor(blocks))));
}

static_assert(std::bit_ceil(2 * kMaxBatchBlocks) <= CellPool::kMostCells);

size_t ReservationFor(SizeClass size_class, uint32_t capacity) {
  return size_t{capacity} * StrideOf(size_class);
}

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
  Grow(size_class, MostCells(size_class));
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
  const uint32_t most = CellsWithin(size_class, kPushOnlyBytes);
  if (magazine.capacity() + 1 < most) Grow(size_class, most);
  if (magazine.is_closed()) {
    // The budget is spent: nothing stays here.
    HeaderOf(block) = seal.Seal(keys.free(), payload);
    supply_->central.Put(size_class, shard_, &block, 1);
    return;
  }
  if (magazine.top.Get() == magazine.limit) MakeRoom(size_class);
  PushTop(seal, block, payload, keys.free());
}

// Sends the older half away: what was freed last is still in the processor's
// cache.
void ThreadCache::MakeRoom(SizeClass size_class) {
  Magazine& magazine = MagazineOf(size_class);
  void** first = magazine.cells.Get() + 1;
  const uint32_t sent = BatchOf(magazine);
  supply_->central.Put(size_class, shard_, first, sent);
  const uint32_t kept = magazine.capacity() - sent;
  std::copy_n(first + sent, kept, first);
  magazine.top.Set(first + kept - 1);
}

// Doubles the magazine, up to `most_cells`, as far as budget and memory last.
void ThreadCache::Grow(SizeClass size_class, uint32_t most_cells) {
  Magazine& magazine = MagazineOf(size_class);
  const uint32_t old_count = magazine.capacity() + 1;
  const uint32_t count =
      std::min(most_cells,
               std::max(CellsWithin(size_class, kFirstBytes), 2 * old_count));
  if (count <= old_count) return;
  const size_t more = ReservationFor(size_class, count - old_count);
  if (!supply_->budget.TryReserve(more, reserved_)) return;
  void** cells = supply_->cells.Allocate(count);
  if (cells == nullptr) {
    supply_->budget.Return(more);
    return;
  }
  reserved_ += more;
  void** old = magazine.cells.Get();
  const uint32_t blocks = magazine.blocks();
  std::copy_n(old, blocks + 1, cells);
  if (!magazine.is_closed()) supply_->cells.Free(old, old_count);
  magazine.cells.Set(cells);
  magazine.limit = cells + count - 1;
  magazine.top.Set(cells + blocks);
}

void ThreadCache::CountMiss(Magazine& magazine) {
  tally_.Miss();
  ++magazine.misses;
  if (--misses_until_look_ > 0) return;
  misses_until_look_ = kMissesBetweenLooks;
  const uint64_t now = supply_->scavenger.RunIfDue();
  if (now < idle_look_ms_) return;
  idle_look_ms_ = now + kIdleMs;
  ReleaseIdleClasses();
  parked_->FlushParked(now);
}

void ThreadCache::ReleaseIdleClasses() {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    Magazine& magazine = MagazineOf(size_class);
    if (magazine.misses == 0) ReleaseClass(size_class);
    magazine.misses = 0;
  }
}

void ThreadCache::ReleaseClass(SizeClass size_class) {
  Magazine& magazine = MagazineOf(size_class);
  if (magazine.is_closed()) return;
  void** cells = magazine.cells.Get();
  const uint32_t blocks = magazine.blocks();
  const uint32_t capacity = magazine.capacity();
  magazine.Close();
  supply_->central.Put(size_class, shard_, cells + 1, blocks);
  supply_->cells.Free(cells, capacity + 1);
  const size_t held = ReservationFor(size_class, capacity);
  reserved_ -= held;
  supply_->budget.Return(held);
}

void ThreadCache::Flush() {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    ReleaseClass(static_cast<SizeClass>(i));
  }
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
