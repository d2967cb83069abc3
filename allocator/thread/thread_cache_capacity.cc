// How large a thread's magazines are.
#include <algorithm>
#include <bit>

#include "allocator/thread/thread_cache.h"

namespace headroom {
namespace {

// A magazine's first capacity, in bytes; it doubles at each miss.
constexpr size_t kFirstBytes = 1024;
// A class without a miss for so long gives its blocks back.
constexpr uint64_t kIdleMs = 1000;
// A magazine's cells, one of which holds no block, are a power of two.
constexpr size_t kLeastCells = 2;
// So many classes are looked at for one to halve: a miss stays cheap.
constexpr size_t kClassesLookedAt = 8;

// For two batches, but for no more than `bytes` where that is possible.
uint32_t CellsWithin(SizeClass size_class, size_t bytes) {
  const size_t blocks = bytes / StrideOf(size_class);
  const size_t most = std::bit_ceil(2 * kSizeClasses[size_class].max_batch);
  return static_cast<uint32_t>(
      std::min(most, std::max(kLeastCells, std::bit_floor(blocks))));
}

static_assert(std::bit_ceil(2 * kMaxBatchBlocks) <= CellPool::kMostCells);

size_t ReservationFor(SizeClass size_class, uint32_t capacity) {
  return size_t{capacity} * StrideOf(size_class);
}

}  // namespace

// Doubles the magazine, up to `most_bytes`, as far as budget and memory last.
void ThreadCache::Grow(SizeClass size_class, size_t most_bytes) {
  Magazine& magazine = MagazineOf(size_class);
  const uint32_t old_count = magazine.capacity() + 1;
  const uint32_t count =
      std::min(CellsWithin(size_class, most_bytes),
               std::max(CellsWithin(size_class, kFirstBytes), 2 * old_count));
  if (count <= old_count) return;
  const size_t more = ReservationFor(size_class, count - old_count);
  if (!TryReserve(more)) return;
  void** cells = supply_->cells.Allocate(count);
  if (cells == nullptr) {
    supply_->budget.Return(more);
    return;
  }
  reserved_ += more;
  MoveTo(magazine, cells, count);
}

// When the budget refuses, another class pays. So a class that is in use is
// never closed for long, whichever came first, and a cache above its share
// shrinks while it misses.
bool ThreadCache::TryReserve(size_t bytes) {
  if (supply_->budget.TryReserve(bytes, reserved_)) return true;
  return HalveALarger(bytes) && supply_->budget.TryReserve(bytes, reserved_);
}

// One that keeps twice what it gives for: so they do not take turns.
bool ThreadCache::HalveALarger(size_t bytes) {
  for (size_t i = 0; i < kClassesLookedAt; ++i) {
    const auto size_class = static_cast<SizeClass>(next_to_halve_);
    next_to_halve_ = (next_to_halve_ + 1) % kSizeClassCount;
    const uint32_t capacity = MagazineOf(size_class).capacity();
    if (ReservationFor(size_class, capacity) / 4 < bytes) continue;
    Halve(size_class);
    return true;
  }
  return false;
}

void ThreadCache::Halve(SizeClass size_class) {
  Magazine& magazine = MagazineOf(size_class);
  const uint32_t old_count = magazine.capacity() + 1;
  const uint32_t count = old_count / 2;
  void** cells = count < kLeastCells ? nullptr : supply_->cells.Allocate(count);
  if (cells == nullptr) {
    ReleaseClass(size_class);
    return;
  }
  if (magazine.blocks() >= count) {
    SendOldest(size_class, magazine.blocks() - (count - 1));
  }
  MoveTo(magazine, cells, count);
  const size_t less = ReservationFor(size_class, old_count - count);
  reserved_ -= less;
  supply_->budget.Return(less);
}

void ThreadCache::MoveTo(Magazine& magazine, void** cells, uint32_t count) {
  void** old = magazine.cells.Get();
  const uint32_t old_count = magazine.capacity() + 1;
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

}  // namespace headroom
