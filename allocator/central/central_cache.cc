#include "allocator/central/central_cache.h"

namespace headroom {
namespace {

// Smaller batches than this, in bytes and blocks, go to their spans at once:
// they would wear the stacks out.
constexpr size_t kLeastStackedBytes = 8 * 1024;
constexpr uint32_t kLeastStackedBlocks = 64;

bool IsWorthStacking(SizeClass size_class, uint32_t blocks) {
  return blocks >= kLeastStackedBlocks ||
         blocks * StrideOf(size_class) >= kLeastStackedBytes;
}

// Shortens `batch` to its first `keep` blocks (at least 1); returns the rest.
Batch CutAfter(const SealKeys& keys, Batch& batch, uint32_t keep) {
  void* last = batch.head;
  for (uint32_t i = 1; i < keep; ++i) last = NextFree(keys, last);
  const Batch rest{NextFree(keys, last), batch.count - keep};
  PushFree(keys, last, kListEnd);
  batch.count = keep;
  return rest;
}

}  // namespace

Batch CentralCache::Take(SizeClass size_class, uint32_t shard, uint32_t want) {
  Batch batch = lists_[size_class].Take(keys_, shard, want);
  // A thread with little budget, or without a cache, must not be left with a
  // batch that another thread filled.
  if (batch.count > want) {
    Put(size_class, shard, CutAfter(keys_, batch, want));
  }
  if (batch.count > 0) return batch;
  const PageCount pages{kSizeClasses[size_class].pages_per_span};
  Span* span = pages_.NewSpan(pages, SpanUse::kSmall, size_class);
  if (span == nullptr) return {};
  return lists_[size_class].AddSpan(keys_, span, shard, want);
}

void CentralCache::Put(SizeClass size_class, uint32_t shard, Batch batch) {
  if (IsWorthStacking(size_class, batch.count) &&
      lists_[size_class].Stack(arena_, size_class, shard, batch)) {
    return;
  }
  ReturnToSpans(size_class, batch);
}

void CentralCache::ReturnToSpans(SizeClass size_class, Batch batch) {
  while (batch.count > 0) {
    Span* emptied = nullptr;
    lists_[size_class].ReturnToSpans(keys_, map_, size_class, batch, emptied);
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
