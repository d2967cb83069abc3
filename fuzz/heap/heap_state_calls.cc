// The calls of HeapState: each asks the heap, checks the answer and tells the
// model.
//
// Takes from: heap_call, heap_resource. Gives to: heap_state.
#include <algorithm>
#include <cstring>
#include <new>

#include "allocator/base/hardening.h"
#include "allocator/front/block_tail.h"
#include "fuzz/engine/require.h"
#include "fuzz/heap/heap_call.h"
#include "fuzz/heap/heap_resource.h"
#include "fuzz/heap/heap_state.h"
#include "fuzz/world/block_content.h"
#include "fuzz/world/touched_pages.h"

namespace headroom {

void HeapState::AddBlock(void* block, size_t bytes, size_t alignment,
                         Origin origin) {
  if (block == nullptr) return;
  const bool has_tail = HasTails(under_test_.options);
  const size_t with_tail = bytes + (has_tail ? BlockTail::kLeastBytes : 0);
  int size_class = HeapModel::ClassOfRequest(with_tail, alignment);
  const bool is_sampled = under_test_.sampled.Contains(block);
  // A sampled block is in no span.
  if (is_sampled ||
      (bytes == 0 && under_test_.options.zero_size_page != 0 &&
       under_test_.map.Get(PageContaining(block))->use != SpanUse::kSmall)) {
    size_class = HeapModel::kNoClass;
  }
  const size_t usable = under_test_.heap.UsableBytes(block);
  Require(!(has_tail || is_sampled) || usable == bytes,
          "of a block that is watched, what was asked for may be used");
  model_.Add({static_cast<char*>(block), usable, size_class, bytes, alignment,
              origin, next_seed_++});
}

void HeapState::Allocate(Origin origin, size_t bytes) {
  const HeapCall call(under_test_.os, nulls_);
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

void HeapState::TryAllocate(size_t bytes) {
  const HeapCall call(under_test_.os, nulls_);
  void* block = under_test_.heap.TryAllocate(current().cache, bytes);
  call.CheckErrnoKept();
  AddBlock(block, bytes, kBlockAlignment, Origin::kMalloc);
}

void HeapState::AllocateZeroed(size_t bytes) {
  const HeapCall call(under_test_.os, nulls_);
  void* block = under_test_.heap.AllocateZeroed(current().cache, bytes);
  call.CheckAnswer(block, bytes, kBlockAlignment);
  if (block != nullptr) {
    Require(IsZero(static_cast<char*>(block), bytes), "zeroed memory is zero");
  }
  AddBlock(block, bytes, kBlockAlignment, Origin::kMalloc);
}

void HeapState::AllocateAligned(Origin origin, size_t alignment, size_t bytes) {
  const HeapCall call(under_test_.os, nulls_);
  void* block = under_test_.heap.AllocateAligned(current().cache, alignment,
                                                 bytes, origin);
  call.CheckAnswer(block, bytes, alignment);
  AddBlock(block, bytes, alignment, origin);
}

size_t HeapState::Reallocate(size_t index, size_t bytes) {
  if (model_.empty()) return 0;
  index %= model_.count();
  const HeapModel::Block old = model_.at(index);
  if (under_test_.options.check_origin != 0 && old.origin != Origin::kMalloc) {
    return index;
  }
  // Free is told the origin, which is malloc's or does not matter.
  if (bytes == 0) {
    Free(index);
    return index;
  }
  CheckContent(old.start, old.usable_bytes, old.seed, old.usable_bytes);
  const HeapCall call(under_test_.os, nulls_);
  void* block = under_test_.heap.Reallocate(current().cache, old.start, bytes);
  call.CheckAnswer(block, bytes, kBlockAlignment);
  if (block == nullptr) {
    CheckContent(old.start, old.usable_bytes, old.seed, old.usable_bytes);
    return index;
  }
  auto* start = static_cast<char*>(block);
  CheckContent(start, old.usable_bytes, old.seed,
               std::min(bytes, old.usable_bytes));
  model_.Forget(index);
  if (start != old.start) {
    AddBlock(block, bytes, kBlockAlignment, Origin::kMalloc);
  } else {
    // In place: it belongs to whom it belonged to, and is written anew.
    model_.Add({start, under_test_.heap.UsableBytes(block), old.size_class,
                bytes, kBlockAlignment, old.origin, next_seed_++});
  }
  return model_.count() - 1;
}

HeapModel::Block HeapState::Take(size_t index) {
  index %= model_.count();
  const HeapModel::Block block = model_.at(index);
  CheckContent(block.start, block.usable_bytes, block.seed, block.usable_bytes);
  model_.Forget(index);
  return block;
}

void HeapState::Free(size_t index) {
  if (model_.empty()) return;
  const HeapModel::Block block = Take(index);
  const Heap& heap = under_test_.heap;
  ThreadCache* cache = current().cache;
  const HeapCall call(under_test_.os, nulls_);
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

size_t HeapState::SaidSize(const HeapModel::Block& block, Said said,
                           size_t more) const {
  size_t good =
      GoodSize(block.bytes, std::max(block.alignment, kBlockAlignment));
  const bool is_watched = HasTails(under_test_.options) ||
                          under_test_.sampled.Contains(block.start);
  // Resized, it may have less than a block made anew.
  if (!is_watched) {
    good = std::max(std::min(good, block.usable_bytes), block.bytes);
  }
  switch (said) {
    case Said::kAskedFor:
      return block.bytes;
    case Said::kGoodSize:
      return good;
    case Said::kBetween:
      return block.bytes + more % (good - block.bytes + 1);
    case Said::kUsable:
      return block.usable_bytes;
  }
  return block.bytes;
}

void HeapState::FreeSized(size_t index, Said said, size_t more) {
  if (model_.empty()) return;
  const HeapModel::Block block = Take(index);
  const size_t bytes = SaidSize(block, said, more);
  const Heap& heap = under_test_.heap;
  ThreadCache* cache = current().cache;
  const HeapCall call(under_test_.os, nulls_);
  if (block.alignment > kBlockAlignment) {
    heap.FreeAlignedSized(cache, block.start, block.alignment, bytes,
                          block.origin);
  } else if (block.origin == Origin::kMalloc) {
    heap.FreeSized<Origin::kMalloc>(cache, block.start, bytes);
  } else if (block.origin == Origin::kNew) {
    heap.FreeSized<Origin::kNew>(cache, block.start, bytes);
  } else if (block.origin == Origin::kNewArray) {
    heap.FreeSized<Origin::kNewArray>(cache, block.start, bytes);
  } else {
    heap.FreeAlignedSized(cache, block.start, kBlockAlignment, bytes,
                          block.origin);
  }
  call.CheckErrnoKept();
}

void HeapState::AskSize(size_t index) {
  if (model_.empty()) return;
  const HeapModel::Block& block = model_.at(index % model_.count());
  const HeapCall call(under_test_.os, nulls_);
  Require(under_test_.heap.UsableBytes(block.start) == block.usable_bytes,
          "a block's size stays what it is");
  call.CheckErrnoKept();
}

void HeapState::AllocateResource(size_t alignment, size_t bytes) {
  const HeapCall call(under_test_.os, nulls_);
  const UseResource use(under_test_.heap, current().cache);
  void* block = nullptr;
  try {
    block = TheResource()->allocate(bytes, alignment);
  } catch (const std::bad_alloc&) {
  }
  call.CheckAnswer(block, bytes, alignment);
  AddBlock(block, bytes, alignment, Origin::kMalloc);
}

void HeapState::FreeResource(size_t index) {
  if (model_.empty()) return;
  index %= model_.count();
  if (model_.at(index).origin != Origin::kMalloc) return;
  const HeapModel::Block block = Take(index);
  const UseResource use(under_test_.heap, current().cache);
  const HeapCall call(under_test_.os, nulls_);
  TheResource()->deallocate(block.start, block.bytes, block.alignment);
  call.CheckErrnoKept();
}

void HeapState::UseContainer(uint32_t kind, uint32_t count) {
  const UseResource use(under_test_.heap, current().cache);
  const uint64_t refusals = under_test_.os.refusals();
  if (FillContainer(kind, count)) return;
  Require(under_test_.os.refusals() != refusals,
          "a container throws only when the kernel refused");
}

std::string Expression(HeapState::Said said) {
  constexpr const char* kNames[] = {"kAskedFor", "kGoodSize", "kBetween",
                                    "kUsable"};
  return std::string("HeapState::Said::") + kNames[static_cast<int>(said)];
}

}  // namespace headroom
