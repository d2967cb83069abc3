#include "allocator/central/central_cache.h"

namespace headroom {
namespace {

// Blocks returned to spans under one hold of a class's lock.
constexpr uint32_t kReturnSlice = 64;

}  // namespace

Batch CentralCache::Take(SizeClass size_class, uint32_t shard, uint32_t want) {
  const Batch batch = lists_[size_class].Take(keys_, shard, want);
  if (batch.count > 0) return batch;
  const PageCount pages{kSizeClasses[size_class].pages_per_span};
  Span* span = pages_.NewSpan(pages, SpanUse::kSmall, size_class);
  if (span == nullptr) return {};
  return lists_[size_class].AddSpan(keys_, span, shard, want);
}

void CentralCache::Put(SizeClass size_class, uint32_t shard, Batch batch) {
  // Half-empty batches would wear the stacks out.
  const bool full = batch.count * 2 >= kSizeClasses[size_class].max_batch ||
                    batch.count >= kReturnSlice;
  if (full && lists_[size_class].Stack(size_class, shard, batch)) return;
  ReturnToSpans(size_class, batch);
}

void CentralCache::ReturnToSpans(SizeClass size_class, Batch batch) {
  while (batch.count > 0) {
    Span* emptied = nullptr;
    lists_[size_class].ReturnToSpans(keys_, map_, size_class, batch,
                                     kReturnSlice, emptied);
    while (emptied != nullptr) {
      Span* span = emptied;
      emptied = span->next;
      pages_.DeleteSpan(span);
    }
  }
}

void CentralCache::Scavenge(bool all) {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    CentralFreeList& list = lists_[i];
    for (Batch batch = list.TakeIdle(all); batch.count > 0;
         batch = list.TakeIdle(all)) {
      ReturnToSpans(size_class, batch);
    }
    list.BeginEpoch();
  }
}

CentralStats CentralCache::stats(SizeClass size_class) {
  return lists_[size_class].stats();
}

void CentralCache::AcquireForFork() {
  for (CentralFreeList& list : lists_) list.AcquireForFork();
}

void CentralCache::ReleaseAfterFork(bool in_child) {
  for (CentralFreeList& list : lists_) list.ReleaseAfterFork(in_child);
}

}  // namespace headroom
