#include "allocator/central/central_free_list.h"

#include <algorithm>

#include "allocator/base/misuse.h"

namespace headroom {
namespace {

// Cutting touches each block's header, and so its page.
constexpr size_t kMostBytesCarved = 8 * 1024;

// What one shard's stack of a class may hold.
constexpr size_t kMaxStackBytes = size_t{1} << 20;

uint32_t StackLimit(SizeClass size_class) {
  const SizeClassInfo& info = kSizeClasses[size_class];
  const size_t batch_bytes = size_t{info.stride} * info.max_batch;
  return static_cast<uint32_t>(
      std::max<size_t>(2, kMaxStackBytes / batch_bytes));
}

void* BlockAt(const Span* span, uint32_t index) {
  return reinterpret_cast<void*>(span->first.address() + kBlockAlignment +
                                 index * StrideOf(span->size_class));
}

// Is `block` where a block of this span starts? Guards against a list that
// was forged to lead elsewhere.
bool IsBlockOf(const Span* span, SizeClass size_class, const void* block) {
  if (span == nullptr || span->use != SpanUse::kSmall ||
      span->size_class != size_class) {
    return false;
  }
  const uintptr_t offset = reinterpret_cast<uintptr_t>(block) -
                           span->first.address() - kBlockAlignment;
  return offset % StrideOf(size_class) == 0;
}

}  // namespace

Batch CentralFreeList::Take(const SealKeys& keys, uint32_t shard,
                            uint32_t want) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  Batch batch = stacks_.Pop(shard);
  if (batch.count == 0) batch = TakeFreed(keys, want);
  if (batch.count == 0) batch = stacks_.Steal();
  if (batch.count == 0) batch = Carve(keys, shard, want);
  return batch;
}

Batch CentralFreeList::AddSpan(const SealKeys& keys, Span* span, uint32_t shard,
                               uint32_t want) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  ++stats_.spans;
  // When another thread of this shard was faster, both wait here.
  span->next_uncarved = uncarved_[shard];
  uncarved_[shard] = span;
  return Carve(keys, shard, want);
}

bool CentralFreeList::Stack(MetadataArena& arena, SizeClass size_class,
                            uint32_t shard, Batch batch) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  if (!stacks_.has_storage()) {
    void* room = arena.Allocate(sizeof(BatchStacks::Storage),
                                alignof(BatchStacks::Storage));
    if (room == nullptr) return false;
    stacks_.UseStorage(*static_cast<BatchStacks::Storage*>(room));
  }
  return stacks_.Push(shard, batch, StackLimit(size_class));
}

// Block by block, from the fullest span and then the next, because the fullest
// often has but one block to give.
Batch CentralFreeList::TakeFreed(const SealKeys& keys, uint32_t want) {
  Batch batch;
  const uint32_t limit = std::min(want, kMostBlocksWalked);
  while (batch.count < limit) {
    Span* span = partial_.Fullest();
    if (span == nullptr) break;
    const uint32_t before = span->free_blocks;
    const uint32_t take = std::min(before, limit - batch.count);
    for (uint32_t i = 0; i < take; ++i) {
      void* block = span->free_head;
      span->free_head = NextFree(keys, block);
      batch.head = PushFree(keys, block, batch.head);
    }
    batch.count += take;
    span->free_blocks -= take;
    stats_.span_blocks -= take;
    partial_.Update(span, before);
  }
  return batch;
}

Batch CentralFreeList::Carve(const SealKeys& keys, uint32_t shard,
                             uint32_t want) {
  Span* span = uncarved_[shard];
  if (span == nullptr) return {};
  const size_t stride = StrideOf(span->size_class);
  want = std::min(want, static_cast<uint32_t>(
                            std::max<size_t>(1, kMostBytesCarved / stride)));
  const uint32_t total = kSizeClasses[span->size_class].blocks_per_span;
  const uint32_t first = span->carved_blocks;
  Batch batch;
  batch.count = std::min(want, total - first);
  // From the last to the first, so that they are handed out in address order.
  for (uint32_t i = first + batch.count; i-- > first;) {
    batch.head = PushFree(keys, BlockAt(span, i), batch.head);
  }
  span->carved_blocks += batch.count;
  stats_.carved_blocks += batch.count;
  if (span->carved_blocks == total) uncarved_[shard] = span->next_uncarved;
  return batch;
}

void CentralFreeList::ReturnToSpans(const SealKeys& keys, const PageMap& map,
                                    SizeClass size_class, Batch& batch,
                                    Span*& emptied) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  for (uint32_t i = 0; i < kMostBlocksWalked && batch.count > 0; ++i) {
    void* block = batch.head;
    batch.head = NextFree(keys, block);
    --batch.count;
    Span* span = map.Get(PageContaining(block));
    if (!IsBlockOf(span, size_class, block)) [[unlikely]] {
      ReportMisuse(Misuse::kCorruptFreeBlock, block);
    }
    ReturnBlock(keys, span, block, emptied);
  }
}

void CentralFreeList::ReturnBlock(const SealKeys& keys, Span* span, void* block,
                                  Span*& emptied) {
  span->free_head = PushFree(keys, block, span->free_head);
  const uint32_t before = span->free_blocks++;
  ++stats_.span_blocks;
  partial_.Update(span, before);
  if (span->free_blocks < span->carved_blocks) return;
  // The last block is back: the span leaves this class.
  stats_.span_blocks -= span->free_blocks;
  stats_.carved_blocks -= span->carved_blocks;
  --stats_.spans;
  ForgetUncarved(span);
  const uint32_t all = span->free_blocks;
  span->free_blocks = 0;
  span->free_head = kListEnd;
  span->carved_blocks = 0;
  partial_.Update(span, all);
  span->next = emptied;
  emptied = span;
}

void CentralFreeList::ForgetUncarved(Span* span) {
  for (Span*& head : uncarved_) {
    for (Span** link = &head; *link != nullptr;
         link = &(*link)->next_uncarved) {
      if (*link == span) {
        *link = span->next_uncarved;
        span->next_uncarved = nullptr;
        return;
      }
    }
  }
}

Batch CentralFreeList::TakeIdle(bool all) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  return all ? stacks_.Steal() : stacks_.PopIdle();
}

void CentralFreeList::BeginEpoch() {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  stacks_.BeginEpoch();
}

CentralStats CentralFreeList::stats() {
  LockGuard guard(lock_);
  CentralStats stats = stats_;
  stats.stacked_blocks = stacks_.blocks();
  return stats;
}

void CentralFreeList::AcquireForFork() { lock_.Acquire(); }

void CentralFreeList::ReleaseAfterFork(bool in_child) {
  if (in_child) {
    lock_.ResetAfterFork();
  } else {
    lock_.Release();
  }
}

}  // namespace headroom
