#include "allocator/thread/thread_cache.h"

#include <algorithm>

#include "allocator/base/misuse.h"

namespace headroom {
namespace {

// A magazine's first capacity, in bytes; it doubles at each miss.
constexpr size_t kFirstBytes = 512;
// A thread that only frees gets no larger magazines than this: it must not
// hoard what others need.
constexpr size_t kPushOnlyBytes = 16 * 1024;
// A class without a miss for so long gives its blocks back.
constexpr uint64_t kIdleMs = 1000;

uint32_t BlocksWithin(SizeClass size_class, size_t bytes) {
  const SizeClassInfo& info = kSizeClasses[size_class];
  const size_t blocks = std::max<size_t>(1, bytes / info.stride);
  return static_cast<uint32_t>(std::min<size_t>(blocks, info.max_batch));
}

size_t ReservationFor(SizeClass size_class, uint32_t capacity) {
  return 2 * size_t{capacity} * StrideOf(size_class);
}

}  // namespace

void* ThreadCache::PopMiss(SizeClass size_class, uint64_t payload) {
  Magazine& magazine = MagazineOf(size_class);
  if (magazine.active != kListEnd) {
    ReportMisuse(Misuse::kCorruptFreeBlock, magazine.active);
  }
  CountMiss(magazine);
  if (magazine.spare_count.Get() > 0) {
    magazine.SetActive(magazine.TakeSpare());
  } else {
    Grow(size_class, kSizeClasses[size_class].max_batch);
    const uint32_t want = std::max<uint32_t>(1, magazine.capacity);
    magazine.SetActive(supply_->central.Take(size_class, shard_, want));
    if (magazine.active == kListEnd) return nullptr;
  }
  void* block = magazine.TryPop(supply_->keys, payload);
  if (block == nullptr) {
    ReportMisuse(Misuse::kCorruptFreeBlock, magazine.active);
  }
  return block;
}

void ThreadCache::PushMiss(SizeClass size_class, void* block) {
  Magazine& magazine = MagazineOf(size_class);
  CountMiss(magazine);
  if (magazine.capacity < BlocksWithin(size_class, kPushOnlyBytes)) {
    Grow(size_class, BlocksWithin(size_class, kPushOnlyBytes));
  }
  const BlockSeal seal(supply_->keys, block);
  if (magazine.TryPush(seal, block)) return;
  const Batch full = magazine.TakeActive();
  if (magazine.capacity == 0) {
    // The budget is spent: nothing stays here.
    PutBatch(size_class, full);
    PutBatch(size_class, {PushFree(supply_->keys, block, kListEnd), 1});
    return;
  }
  PutBatch(size_class, magazine.TakeSpare());
  magazine.SetSpare(full);
  magazine.TryPush(seal, block);
}

void ThreadCache::PutBatch(SizeClass size_class, Batch batch) {
  if (batch.count > 0) supply_->central.Put(size_class, shard_, batch);
}

void ThreadCache::Grow(SizeClass size_class, uint32_t limit) {
  Magazine& magazine = MagazineOf(size_class);
  const uint32_t first = BlocksWithin(size_class, kFirstBytes);
  const uint32_t capacity =
      std::min(limit, std::max(first, 2 * magazine.capacity));
  if (capacity <= magazine.capacity) return;
  const size_t more = ReservationFor(size_class, capacity - magazine.capacity);
  if (!supply_->budget.TryReserve(more, reserved_)) return;
  reserved_ += more;
  magazine.capacity = capacity;
}

void ThreadCache::CountMiss(Magazine& magazine) {
  ++magazine.misses;
  if (--misses_until_look_ > 0) return;
  misses_until_look_ = kMissesBetweenLooks;
  supply_->scavenger.RunIfDue();
  const uint64_t now = supply_->scavenger.now_ms();
  if (now < idle_look_ms_) return;
  idle_look_ms_ = now + kIdleMs;
  ReleaseIdleClasses();
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
  PutBatch(size_class, magazine.TakeActive());
  PutBatch(size_class, magazine.TakeSpare());
  const size_t held = ReservationFor(size_class, magazine.capacity);
  magazine.capacity = 0;
  reserved_ -= held;
  supply_->budget.Return(held);
}

void ThreadCache::Flush() {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    ReleaseClass(static_cast<SizeClass>(i));
  }
}

}  // namespace headroom
