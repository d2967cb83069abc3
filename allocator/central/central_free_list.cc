#include "allocator/central/central_free_list.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "allocator/base/misuse.h"
#include "allocator/block/free_check.h"

namespace headroom {
namespace {

// Cutting touches each block's header, and so its page.
constexpr size_t kMostBytesCarved = 8 * 1024;

constexpr uint32_t kBitmapWordBits = 64;

void* BlockAt(const Span* span, uint32_t index) {
  return reinterpret_cast<void*>(span->first.address() + kBlockAlignment +
                                 index * StrideOf(span->size_class));
}

uint32_t IndexOf(const Span* span, const void* block) {
  const auto offset = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(block) -
                                            span->first.address());
  return (offset - kBlockAlignment) /
         static_cast<uint32_t>(StrideOf(span->size_class));
}

uint64_t BitOf(uint32_t index) {
  return uint64_t{1} << (index % kBitmapWordBits);
}

// Was it cut from its span, and is not back? A header can be put back by
// whoever writes to a freed block, a bit cannot.
bool IsOut(const Span* span, const void* block) {
  const uint32_t index = IndexOf(span, block);
  return index < span->carved_blocks.load(std::memory_order_relaxed) &&
         (span->free_bits[index / kBitmapWordBits] & BitOf(index)) == 0;
}

}  // namespace

// Blocks that are to be reported once the lock is released.
class CentralFreeList::DamagedBlocks {
 public:
  void Note(void* block) { blocks_[count_++] = block; }
  void Report(const SealKeys& keys) const {
    for (uint32_t i = 0; i < count_; ++i) ReportNotFree(keys, blocks_[i]);
  }

 private:
  uint32_t count_ = 0;
  void* blocks_[kMostBlocksWalked];
};

uint32_t BitmapWords(SizeClass size_class) {
  const uint32_t blocks = kSizeClasses[size_class].blocks_per_span;
  return std::bit_ceil((blocks + kBitmapWordBits - 1) / kBitmapWordBits);
}

uint32_t CentralFreeList::Take(const SealKeys& keys, uint32_t shard, void** out,
                               uint32_t want) {
  DamagedBlocks damaged;
  uint32_t count;
  {
    LockGuard guard(lock_);
    ++stats_.lock_acquisitions;
    count = stacks_.Pop(shard, out, want);
    if (count == 0) count = TakeFreed(keys, out, want, damaged);
    if (count == 0) count = stacks_.Steal(out, want);
    if (count == 0) count = Carve(keys, shard, out, want);
    if (count > 0) tally_.Hit();
  }
  damaged.Report(keys);
  return count;
}

uint32_t CentralFreeList::AddSpan(const SealKeys& keys, Span* span,
                                  uint32_t shard, void** out, uint32_t want) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  ++stats_.spans;
  tally_.Miss();
  // When another thread of this shard was faster, both wait here.
  span->next_uncarved = uncarved_[shard];
  uncarved_[shard] = span;
  return Carve(keys, shard, out, want);
}

uint32_t CentralFreeList::Stack(MetadataArena& arena, SizeClass size_class,
                                uint32_t shard, void* const* blocks,
                                uint32_t count) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  return stacks_.Push(arena, StackCapacity(size_class), shard, blocks, count);
}

// From the fullest span and then the next, because the fullest often has but
// one block to give.
uint32_t CentralFreeList::TakeFreed(const SealKeys& keys, void** out,
                                    uint32_t want, DamagedBlocks& damaged) {
  uint32_t count = 0;
  uint32_t walked = 0;
  while (count < want && walked < kMostBlocksWalked) {
    Span* span = partial_.Fullest();
    if (span == nullptr) break;
    const uint64_t payload = PayloadOfClass(span->size_class);
    const uint32_t before = span->free_blocks;
    for (uint32_t w = 0; span->free_blocks > 0; ++w) {
      uint64_t& bits = span->free_bits[w];
      while (bits != 0 && count < want && walked < kMostBlocksWalked) {
        void* block =
            BlockAt(span, w * kBitmapWordBits + std::countr_zero(bits));
        bits &= bits - 1;
        --span->free_blocks;
        ++walked;
        const BlockSeal seal(keys, block);
        if (!seal.Is(keys.in_span(), payload, HeaderOf(block))) [[unlikely]] {
          damaged.Note(block);
          continue;
        }
        HeaderOf(block) = seal.Seal(keys.free(), payload);
        out[count++] = block;
      }
      if (bits != 0) break;
    }
    stats_.span_blocks -= before - span->free_blocks;
    partial_.Update(span, before);
  }
  return count;
}

uint32_t CentralFreeList::Carve(const SealKeys& keys, uint32_t shard,
                                void** out, uint32_t want) {
  Span* span = uncarved_[shard];
  if (span == nullptr) return 0;
  const size_t stride = StrideOf(span->size_class);
  want = std::min(want, static_cast<uint32_t>(
                            std::max<size_t>(1, kMostBytesCarved / stride)));
  const uint32_t total = kSizeClasses[span->size_class].blocks_per_span;
  const uint32_t first = span->carved_blocks.load(std::memory_order_relaxed);
  const uint32_t count = std::min(want, total - first);
  const uint64_t payload = PayloadOfClass(span->size_class);
  for (uint32_t i = 0; i < count; ++i) {
    void* block = BlockAt(span, first + i);
    HeaderOf(block) = BlockSeal(keys, block).Seal(keys.free(), payload);
    out[i] = block;
  }
  Shuffle(keys, out, count);
  span->carved_blocks.store(first + count, std::memory_order_relaxed);
  stats_.carved_blocks += count;
  if (first + count == total) uncarved_[shard] = span->next_uncarved;
  return count;
}

// So that nobody knows which block will stand behind which. Once a block, on
// the coldest way, among blocks that share pages.
void CentralFreeList::Shuffle(const SealKeys& keys, void** blocks,
                              uint32_t count) {
  if (dice_ == 0) dice_ = BlockSeal(keys, this).Mix(keys.tail) | 1;
  for (uint32_t i = count; i > 1; --i) {
    dice_ ^= dice_ << 13;
    dice_ ^= dice_ >> 7;
    dice_ ^= dice_ << 17;
    std::swap(blocks[i - 1], blocks[(dice_ >> 32) * i >> 32]);
  }
}

uint32_t CentralFreeList::ReturnToSpans(const SealKeys& keys,
                                        const PageMap& map,
                                        SizeClass size_class,
                                        void* const* blocks, uint32_t count,
                                        Span*& emptied) {
  DamagedBlocks damaged;
  count = std::min(count, kMostBlocksWalked);
  {
    LockGuard guard(lock_);
    ++stats_.lock_acquisitions;
    for (uint32_t i = 0; i < count; ++i) {
      void* block = blocks[i];
      Span* span = map.Get(PageContaining(block));
      const uint64_t payload = PayloadOfClass(size_class);
      if (span == nullptr || span->use != SpanUse::kSmall ||
          span->size_class != size_class || !IsOut(span, block) ||
          !BlockSeal(keys, block).Is(keys.free(), payload, HeaderOf(block)))
          [[unlikely]] {
        damaged.Note(block);
        continue;
      }
      ReturnBlock(keys, span, block, emptied);
    }
  }
  damaged.Report(keys);
  return count;
}

void CentralFreeList::ReturnBlock(const SealKeys& keys, Span* span, void* block,
                                  Span*& emptied) {
  HeaderOf(block) = BlockSeal(keys, block)
                        .Seal(keys.in_span(), PayloadOfClass(span->size_class));
  const uint32_t index = IndexOf(span, block);
  span->free_bits[index / kBitmapWordBits] |= BitOf(index);
  const uint32_t before = span->free_blocks++;
  ++stats_.span_blocks;
  partial_.Update(span, before);
  const uint32_t carved = span->carved_blocks.load(std::memory_order_relaxed);
  if (span->free_blocks < carved) return;
  // The last block is back: the span leaves this class.
  stats_.span_blocks -= span->free_blocks;
  stats_.carved_blocks -= carved;
  --stats_.spans;
  ForgetUncarved(span);
  const uint32_t all = span->free_blocks;
  span->free_blocks = 0;
  span->carved_blocks.store(0, std::memory_order_relaxed);
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

uint32_t CentralFreeList::TakeIdle(bool all, void** out, uint32_t want) {
  LockGuard guard(lock_);
  ++stats_.lock_acquisitions;
  return all ? stacks_.Steal(out, want) : stacks_.PopIdle(out, want);
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
