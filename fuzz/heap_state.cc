#include "fuzz/heap_state.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/base/hardening.h"
#include "allocator/front/block_tail.h"
#include "fuzz/require.h"

namespace headroom {
namespace {

HeapState* the_state = nullptr;

// Nobody's errno.
constexpr int kUntouched = EDOM;

// What no kernel has: the heap need not even ask for it.
constexpr size_t kAddressSpaceBytes = size_t{1} << kAddressBits;

// All of a block of up to this size; of a larger one, a piece of each page.
void CheckZeroed(const char* block, size_t bytes) {
  constexpr size_t kAllUpTo = 64 * 1024;
  constexpr size_t kPiece = 64;
  static constexpr char kZeros[kAllUpTo] = {};
  if (bytes <= kAllUpTo) {
    Require(memcmp(block, kZeros, bytes) == 0, "zeroed memory is zero");
    return;
  }
  for (size_t i = 0; i + kPiece <= bytes; i += kKernelPageBytes + kPiece) {
    Require(memcmp(block + i, kZeros, kPiece) == 0, "zeroed memory is zero");
  }
}

}  // namespace

class HeapState::Call {
 public:
  explicit Call(HeapState& state)
      : os_(state.under_test_.os),
        refusals_(os_.refusals()),
        nulls_(state.nulls_) {
    errno = kUntouched;
  }

  // `bytes`, `alignment`: what was asked for.
  void CheckAnswer(const void* block, size_t bytes, size_t alignment) {
    const int error = errno;
    if (block != nullptr) {
      Require(error == kUntouched, "success leaves errno alone");
      return;
    }
    ++nulls_;
    Require(error == ENOMEM, "failure sets errno to ENOMEM");
    Require(os_.refusals() != refusals_ || bytes > kAddressSpaceBytes ||
                alignment > kAddressSpaceBytes,
            "null comes only when the kernel refused or the request is absurd");
  }
  void CheckErrnoKept() const {
    Require(errno == kUntouched, "the call leaves errno alone");
  }

 private:
  const FuzzOs& os_;
  const uint64_t refusals_;
  uint64_t& nulls_;
};

HeapState::HeapState(const Options& options)
    : under_test_(options, &Attach, &Now) {
  Require(the_state == nullptr, "one state at a time");
  the_state = this;
  threads_.fill({&unborn_});
}

HeapState::~HeapState() { the_state = nullptr; }

uint64_t HeapState::Now() {
  const auto& fails = the_state->clock_fails;
  return fails && fails() ? 0 : the_state->now_ms_;
}

void HeapState::SampleNext() {
  ThreadCache* cache = Attach();
  if (cache != nullptr) cache->SampleAfter(1);
}

ThreadCache* HeapState::Attach() {
  Thread& thread = the_state->current();
  if (thread.cache->is_attached()) return thread.cache;
  if (thread.dying) return nullptr;
  ThreadCache* cache = the_state->under_test_.registry.Attach();
  if (cache != nullptr) thread.cache = cache;
  return cache;
}

void HeapState::AddBlock(void* block, size_t bytes, size_t alignment,
                         Origin origin) {
  if (block == nullptr) return;
  const bool has_tail = HasTails(under_test_.options);
  const size_t with_tail = bytes + (has_tail ? BlockTail::kLeastBytes : 0);
  int size_class = HeapModel::ClassOfRequest(with_tail, alignment);
  if (bytes == 0 && under_test_.options.zero_size_page != 0 &&
      under_test_.map.Get(PageContaining(block))->use != SpanUse::kSmall) {
    size_class = HeapModel::kNoClass;
  }
  const bool sampled = under_test_.guard.Contains(block);
  if (sampled) size_class = HeapModel::kNoClass;
  const size_t usable = under_test_.heap.UsableBytes(block);
  Require((!has_tail && !sampled) || usable == bytes,
          "before a tail lies what was asked for");
  model_.Add({static_cast<char*>(block), usable, size_class, bytes, alignment,
              origin, next_seed_++});
}

void HeapState::Allocate(Origin origin, size_t bytes) {
  Call call(*this);
  const Heap& heap = under_test_.heap;
  ThreadCache* cache = current().cache;
  void* block = nullptr;
  switch (origin) {
    case Origin::kNew:
      block = heap.Allocate<Origin::kNew>(cache, bytes);
      break;
    case Origin::kNewArray:
      block = heap.Allocate<Origin::kNewArray>(cache, bytes);
      break;
    default:
      block = heap.Allocate<Origin::kMalloc>(cache, bytes);
  }
  call.CheckAnswer(block, bytes, kBlockAlignment);
  AddBlock(block, bytes, kBlockAlignment, origin);
}

void HeapState::AllocateZeroed(size_t bytes) {
  Call call(*this);
  void* block = under_test_.heap.AllocateZeroed(current().cache, bytes);
  call.CheckAnswer(block, bytes, kBlockAlignment);
  if (block != nullptr) CheckZeroed(static_cast<char*>(block), bytes);
  AddBlock(block, bytes, kBlockAlignment, Origin::kMalloc);
}

void HeapState::AllocateAligned(Origin origin, size_t alignment, size_t bytes) {
  Call call(*this);
  void* block = under_test_.heap.AllocateAligned(current().cache, alignment,
                                                 bytes, origin);
  call.CheckAnswer(block, bytes, alignment);
  AddBlock(block, bytes, alignment, origin);
}

void HeapState::Reallocate(size_t index, size_t bytes) {
  if (model_.empty()) return;
  index %= model_.count();
  const HeapModel::Block old = model_.at(index);
  if (under_test_.options.check_origin != 0 && old.origin != Origin::kMalloc) {
    return;
  }
  bytes = std::max<size_t>(bytes, 1);
  Call call(*this);
  void* block = under_test_.heap.Reallocate(current().cache, old.start, bytes);
  call.CheckAnswer(block, bytes, kBlockAlignment);
  if (block == nullptr) return;
  auto* start = static_cast<char*>(block);
  HeapModel::CheckContent(old, start, std::min(bytes, old.usable_bytes));
  model_.Forget(index);
  if (start != old.start) {
    AddBlock(block, bytes, kBlockAlignment, Origin::kMalloc);
    return;
  }
  // In place: it belongs to whom it belonged to, and is written anew.
  model_.Add({start, under_test_.heap.UsableBytes(block), old.size_class, bytes,
              kBlockAlignment, old.origin, next_seed_++});
}

HeapModel::Block HeapState::Take(size_t index) {
  index %= model_.count();
  const HeapModel::Block block = model_.at(index);
  HeapModel::CheckContent(block, block.start, block.usable_bytes);
  model_.Forget(index);
  return block;
}

void HeapState::Free(size_t index) {
  if (model_.empty()) return;
  const HeapModel::Block block = Take(index);
  const Heap& heap = under_test_.heap;
  ThreadCache* cache = current().cache;
  Call call(*this);
  switch (block.origin) {
    case Origin::kMalloc:
      heap.Free<Origin::kMalloc>(cache, block.start);
      break;
    case Origin::kNew:
      heap.Free<Origin::kNew>(cache, block.start);
      break;
    case Origin::kNewArray:
      heap.Free<Origin::kNewArray>(cache, block.start);
      break;
    case Origin::kNewAligned:
      heap.Free<Origin::kNewAligned>(cache, block.start);
      break;
    case Origin::kNewArrayAligned:
      heap.Free<Origin::kNewArrayAligned>(cache, block.start);
      break;
  }
  call.CheckErrnoKept();
}

void HeapState::FreeSized(size_t index) {
  if (model_.empty()) return;
  const HeapModel::Block block = Take(index);
  const Heap& heap = under_test_.heap;
  ThreadCache* cache = current().cache;
  Call call(*this);
  if (block.alignment > kBlockAlignment) {
    heap.FreeAlignedSized(cache, block.start, block.alignment, block.bytes,
                          block.origin);
  } else if (block.origin == Origin::kMalloc) {
    heap.FreeSized<Origin::kMalloc>(cache, block.start, block.bytes);
  } else if (block.origin == Origin::kNew) {
    heap.FreeSized<Origin::kNew>(cache, block.start, block.bytes);
  } else {
    heap.FreeAlignedSized(cache, block.start, kBlockAlignment, block.bytes,
                          block.origin);
  }
  call.CheckErrnoKept();
}

void HeapState::EndThread(bool dying) {
  Thread& thread = current();
  ThreadCache* cache = thread.cache;
  thread = {&unborn_, dying};
  if (cache->is_attached()) under_test_.registry.Detach(cache);
}

void HeapState::ReleaseMemory(size_t bytes) {
  ThreadCache* cache = current().cache;
  if (cache->is_attached()) cache->Flush();
  under_test_.central.Scavenge(/*all=*/true);
  under_test_.pages.ReleaseFreePages(bytes);
}

void HeapState::CheckInvariants() {
  Require(under_test_.budget.reserved() <= under_test_.budget.bound(),
          "the caches keep within their budget");
  const PageHeapStats pages = under_test_.pages.stats();
  Require(pages.heap == pages.in_use + pages.free_dirty + pages.free_clean,
          "heap == in_use + free_dirty + free_clean");
  Require(pages.mappings <= model_.other_blocks(),
          "a mapping has a live block");
}

void HeapState::CheckConservation() {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    const CentralStats central = under_test_.central.stats(size_class);
    const uint64_t known = central.stacked_blocks + central.span_blocks +
                           under_test_.registry.cached_blocks(size_class) +
                           model_.live_blocks(size_class);
    // What is in quarantine nobody counts.
    Require(central.carved_blocks == known ||
                (under_test_.options.quarantine != 0 &&
                 central.carved_blocks > known),
            "carved == stacked + in spans + cached + live");
  }
  const HeapStats stats =
      CollectHeapStats(under_test_.registry, under_test_.central,
                       under_test_.pages, under_test_.arena);
  Require(stats.heap_bytes == stats.small_live + stats.small_cached +
                                  stats.small_central + stats.small_uncut +
                                  stats.large_live + stats.free_dirty +
                                  stats.free_clean,
          "the parts of the heap add up");
}

void HeapState::Finish() {
  while (!model_.empty()) Free(model_.count() - 1);
  for (size_t i = 0; i < kThreads; ++i) {
    SwitchThread(i);
    EndThread(/*dying=*/false);
  }
  under_test_.os.RefuseLater(0, 0);
  EmptyQuarantine(under_test_);
  ReleaseMemory(SIZE_MAX);
  CheckInvariants();
  CheckConservation();
  const PageHeapStats pages = under_test_.pages.stats();
  Require(under_test_.budget.reserved() == 0, "ended threads hold no budget");
  Require(pages.in_use == PageCount{0}, "no span is in use at the end");
  Require(pages.mappings == 0, "no mapping is left at the end");
  Require(pages.free_dirty == PageCount{0}, "a trim leaves no dirty page");
}

}  // namespace headroom
