#include "allocator/central/central_cache.h"

#include <algorithm>
#include <cstring>

#include "allocator/base/memory_checker.h"

namespace headroom {
namespace {

// Fewer blocks than these, in bytes and number, go to their spans at once: they
// would wear the stacks out.
constexpr size_t kLeastStackedBytes = 8 * 1024;
constexpr uint32_t kLeastStackedBlocks = 64;

bool IsWorthStacking(SizeClass size_class, uint32_t blocks) {
  return blocks >= kLeastStackedBlocks ||
         blocks * StrideOf(size_class) >= kLeastStackedBytes;
}

}  // namespace

uint32_t CentralCache::Take(SizeClass size_class, uint32_t shard, void** out,
                            uint32_t want) {
  return lists_[size_class].Take(keys_, shard, out, want);
}

uint32_t CentralCache::TakeFromNewSpan(SizeClass size_class, uint32_t shard,
                                       void** out, uint32_t want) {
  Span* span = NewSpan(size_class);
  if (span == nullptr) return 0;
  return lists_[size_class].AddSpan(keys_, span, shard, out, want);
}

Span* CentralCache::NewSpan(SizeClass size_class) {
  const uint32_t words = BitmapWords(size_class);
  void** cells = cells_.Allocate(words);
  if (cells == nullptr) return nullptr;
  const PageCount pages{kSizeClasses[size_class].pages_per_span};
  bool zeroed = false;
  Span* span =
      pages_.NewSpan(pages, SpanUse::kSmall, size_class, kPageBytes, &zeroed);
  if (span == nullptr) {
    cells_.Free(cells, words);
    return nullptr;
  }
  std::fill_n(cells, words, nullptr);
  span->free_bits = reinterpret_cast<uint64_t*>(cells);
  // Closed when it ends, until blocks are handed out.
  const HeapAccess access(span->memory);
  if (options_.zero_on_free && !zeroed) {
    // Whatever is handed out was zeroed: so it can be checked.
    memset(reinterpret_cast<void*>(span->memory.start), 0, span->memory.bytes);
  }
  return span;
}

void CentralCache::DeleteSpan(SizeClass size_class, Span* span) {
  cells_.Free(reinterpret_cast<void**>(span->free_bits),
              BitmapWords(size_class));
  pages_.DeleteSpan(span);
}

void CentralCache::Put(SizeClass size_class, uint32_t shard,
                       void* const* blocks, uint32_t count) {
  uint32_t stacked = 0;
  if (IsWorthStacking(size_class, count)) {
    stacked =
        lists_[size_class].Stack(arena_, size_class, shard, blocks, count);
  }
  ReturnToSpans(size_class, blocks + stacked, count - stacked);
}

void CentralCache::ReturnToSpans(SizeClass size_class, void* const* blocks,
                                 uint32_t count) {
  while (count > 0) {
    Span* emptied = nullptr;
    const uint32_t returned = lists_[size_class].ReturnToSpans(
        keys_, map_, size_class, blocks, count, emptied);
    blocks += returned;
    count -= returned;
    while (emptied != nullptr) {
      Span* span = emptied;
      emptied = span->next;
      DeleteSpan(size_class, span);
    }
  }
}

void CentralCache::Scavenge(bool all) {
  void* blocks[kMostBlocksWalked];
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    CentralFreeList& list = lists_[i];
    while (const uint32_t count =
               list.TakeIdle(all, blocks, kMostBlocksWalked)) {
      ReturnToSpans(size_class, blocks, count);
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
