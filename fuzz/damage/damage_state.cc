#include "fuzz/damage/damage_state.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/base/hardening.h"
#include "fuzz/engine/require.h"
#include "fuzz/world/report_log.h"
#include "tests/block/closed_memory.h"

namespace headroom {

DamageState::DamageState(const LevelSetup& setup)
    : under_test_(
          setup.options(), [] { return static_cast<ThreadCache*>(nullptr); },
          &Now) {
  now_ms_ = 1000;
  for (ThreadCache*& cache : caches_) {
    cache = under_test_.registry.Attach();
    Require(cache != nullptr, "there is memory for three threads");
  }
}

void DamageState::AddBlock(void* block, size_t bytes, size_t alignment,
                           Origin origin) {
  if (block == nullptr) {
    Require(under_test_.os.refusals() != 0, "null comes only from a refusal");
    return;
  }
  DamageModel::Block added;
  added.start = static_cast<char*>(block);
  added.bytes = bytes;
  added.alignment = std::max(alignment, kBlockAlignment);
  added.origin = origin;
  added.seed = next_seed_++;
  added.usable_bytes = under_test_.heap.UsableBytes(block);
  model_.Add(std::move(added));
}

void DamageState::Allocate(Origin origin, size_t alignment, size_t bytes) {
  if (model_.count() >= kMostBlocks) return;
  const Heap& heap = under_test_.heap;
  void* block = nullptr;
  switch (origin) {
    case Origin::kMalloc:
      block = alignment > kBlockAlignment
                  ? heap.AllocateAligned(cache(), alignment, bytes, origin)
                  : heap.Allocate<Origin::kMalloc>(cache(), bytes);
      break;
    case Origin::kNew:
      block = heap.Allocate<Origin::kNew>(cache(), bytes);
      alignment = kBlockAlignment;
      break;
    case Origin::kNewArray:
      block = heap.Allocate<Origin::kNewArray>(cache(), bytes);
      alignment = kBlockAlignment;
      break;
    default:
      block = heap.AllocateAligned(cache(), alignment, bytes, origin);
  }
  AddBlock(block, bytes, alignment, origin);
}

void DamageState::AllocateZeroed(size_t bytes) {
  if (model_.count() >= kMostBlocks) return;
  const auto* block =
      static_cast<const char*>(under_test_.heap.AllocateZeroed(cache(), bytes));
  if (block != nullptr && !model_.damaged_pages()) {
    Require(std::all_of(block, block + bytes, [](char c) { return c == 0; }),
            "zeroed memory is zero");
  }
  AddBlock(const_cast<char*>(block), bytes, kBlockAlignment, Origin::kMalloc);
}

bool DamageState::MayBeFreed(const DamageModel::Block& block,
                             Origin origin) const {
  if (!model_.HeadersAreIntact(block)) return false;
  if (block.note_at == nullptr) return true;  // also that of a zero-size page
  return model_.TailIsIntact(block) &&
         (under_test_.options.check_origin == 0 || block.origin == origin);
}

void DamageState::CallFree(void* block, Origin origin) {
  const Heap& heap = under_test_.heap;
  ClearReports();
  switch (origin) {
    case Origin::kMalloc:
      return heap.Free<Origin::kMalloc>(cache(), block);
    case Origin::kNew:
      return heap.Free<Origin::kNew>(cache(), block);
    case Origin::kNewArray:
      return heap.Free<Origin::kNewArray>(cache(), block);
    case Origin::kNewAligned:
      return heap.Free<Origin::kNewAligned>(cache(), block);
    case Origin::kNewArrayAligned:
      return heap.Free<Origin::kNewArrayAligned>(cache(), block);
  }
}

void DamageState::Reallocate(size_t index, size_t bytes) {
  if (model_.count() == 0) return;
  const DamageModel::Block old = model_.at(index);
  bytes = std::max<size_t>(bytes, 1);
  const bool good = MayBeFreed(old, Origin::kMalloc);
  ClearReports();
  errno = 0;
  const uint64_t refusals = under_test_.os.refusals();
  void* block = under_test_.heap.Reallocate(cache(), old.start, bytes);
  Require(IsReported(old.start) == !good, "realloc reports what is damaged");
  if (block == nullptr) {
    Require(errno == ENOMEM, "failure sets errno to ENOMEM");
    Require(!good || under_test_.os.refusals() != refusals,
            "null comes from a report or a refusal");
    return;
  }
  model_.CheckContent(old, static_cast<char*>(block),
                      std::min(bytes, old.usable_bytes));
  model_.Forget(index, /*freed=*/block != old.start);
  AddBlock(block, bytes, kBlockAlignment,
           block == old.start ? old.origin : Origin::kMalloc);
}

void DamageState::Free(size_t index, bool sized) {
  if (model_.count() == 0) return;
  const DamageModel::Block block = model_.at(index);
  model_.CheckContent(block, block.start, block.usable_bytes);
  const bool good = MayBeFreed(block, block.origin);
  if (!sized) {
    CallFree(block.start, block.origin);
  } else {
    ClearReports();
    if (block.alignment == kBlockAlignment && block.origin == Origin::kMalloc) {
      under_test_.heap.FreeSized(cache(), block.start, block.bytes);
    } else {
      under_test_.heap.FreeAlignedSized(cache(), block.start, block.alignment,
                                        block.bytes, block.origin);
    }
  }
  Require(IsReported(block.start) == !good, "free reports what is damaged");
  if (good) model_.Forget(index, /*freed=*/true);
}

void DamageState::AskSize(size_t index) {
  if (model_.count() == 0) return;
  const DamageModel::Block& block = model_.at(index);
  const bool good =
      model_.HeadersAreIntact(block) && model_.NoteIsIntact(block);
  ClearReports();
  const size_t bytes = under_test_.heap.UsableBytes(block.start);
  Require(IsReported(block.start) == !good, "a damaged block has no size");
  Require(bytes == (good ? block.usable_bytes : 0), "the size is what it was");
}

void DamageState::FreeWithWrongSize(size_t index, size_t more) {
  if (model_.count() == 0) return;
  const DamageModel::Block& block = model_.at(index);
  ClearReports();
  under_test_.heap.FreeSized(cache(), block.start,
                             block.usable_bytes + 100000 + more);
  Require(IsReported(block.start), "a size that does not fit is reported");
}

// With more than the block has, or with what is no alignment.
void DamageState::FreeWithWrongAlignment(size_t index, size_t odd) {
  if (model_.count() == 0) return;
  const DamageModel::Block& block = model_.at(index);
  const auto address = reinterpret_cast<uintptr_t>(block.start);
  const size_t alignment =
      odd % 2 == 0 ? 2 * (address & -address) : 3 * kBlockAlignment;
  ClearReports();
  under_test_.heap.FreeAlignedSized(cache(), block.start, alignment,
                                    block.bytes, block.origin);
  Require(IsReported(block.start), "an alignment it lacks is reported");
}

void DamageState::FreeAsAnother(size_t index) {
  if (model_.count() == 0 || under_test_.options.check_origin == 0) return;
  const DamageModel::Block& block = model_.at(index);
  if (block.note_at == nullptr) return;
  CallFree(block.start,
           block.origin == Origin::kNew ? Origin::kMalloc : Origin::kNew);
  Require(IsReported(block.start), "another family's free is reported");
}

void DamageState::FreeInside(size_t index, size_t offset) {
  if (model_.count() == 0) return;
  const DamageModel::Block& block = model_.at(index);
  if (block.usable_bytes < 2) return;
  char* inside = block.start + 1 + offset % (block.usable_bytes - 1);
  // Unless it is another one's start: in front of it may be a genuine word.
  for (const DamageModel::Freed& freed : model_.freed()) {
    if (freed.start == inside) return;
  }
  CallFree(inside, Origin::kMalloc);
  Require(IsReported(inside), "a pointer into a block is reported");
}

void DamageState::FreeAgain(size_t index) {
  if (model_.freed().empty()) return;
  char* const start = model_.freed()[index % model_.freed().size()].start;
  for (size_t i = 0; i < model_.count(); ++i) {
    if (model_.at(i).start == start) return;  // nobody can tell
  }
  const char* header = start - kHeaderBytes;
  if (!under_test_.os.IsOpenHeap(reinterpret_cast<uintptr_t>(header),
                                 kHeaderBytes)) {
    return;  // it would fault
  }
  CallFree(start, Origin::kMalloc);
  Require(IsReported(start), "a second free is reported");
}

char* DamageState::PlaceOf(Place place, size_t index) {
  if (place == Place::kFreed) {
    const auto& freed = model_.freed();
    if (freed.empty()) return nullptr;
    return freed[index % freed.size()].start - kHeaderBytes;
  }
  if (model_.count() == 0) return nullptr;
  const DamageModel::Block& block = model_.at(index);
  if (place == Place::kBase) return block.base - kHeaderBytes;
  return place == Place::kEnd ? block.start + block.usable_bytes
                              : block.start - kHeaderBytes;
}

void DamageState::Overwrite(Place place, size_t index, ptrdiff_t offset,
                            std::span<const char> bytes) {
  char* target = PlaceOf(place, index);
  if (target == nullptr) return;
  target += offset;
  const size_t length = model_.Writable(target, bytes.size());
  if (length == 0) return;
  WriteClosed(target, bytes.data(), length);
  model_.NoteDamage(target, length);
}

void DamageState::Replay(Place place, size_t index, Word kind, size_t from) {
  uint64_t word;
  if (kind == Word::kHeld) {
    if (model_.count() == 0) return;
    word = model_.at(from).word;
  } else {
    if (model_.freed().empty()) return;
    const DamageModel::Freed& freed =
        model_.freed()[from % model_.freed().size()];
    word = kind == Word::kFreedLive ? freed.word : freed.free_word;
  }
  if (model_.WasGenuine(PlaceOf(place, index), word)) return;
  char bytes[sizeof(word)];
  memcpy(bytes, &word, sizeof(word));
  Overwrite(place, index, 0, bytes);
}

void DamageState::EndThread() {
  under_test_.registry.Detach(cache());
  caches_[current_] = under_test_.registry.Attach();
  Require(cache() != nullptr, "a cache is there again");
}

void DamageState::PassTime(uint64_t milliseconds) {
  now_ms_ += milliseconds;
  under_test_.scavenger.RunIfDue();
}

void DamageState::ReleaseMemory() {
  cache()->Flush();
  under_test_.registry.FlushParked(ParkedCaches::kEndOfTime);
  under_test_.central.Scavenge(/*all=*/true);
  under_test_.pages.ReleaseFreePages(SIZE_MAX);
}

std::string Expression(DamageState::Place place) {
  constexpr const char* kNames[] = {"kHeader", "kBase", "kEnd", "kFreed"};
  return std::string("DamageState::Place::") + kNames[static_cast<int>(place)];
}

std::string Expression(DamageState::Word word) {
  constexpr const char* kNames[] = {"kHeld", "kFreedLive", "kFreed"};
  return std::string("DamageState::Word::") + kNames[static_cast<int>(word)];
}

void DamageState::AfterOperation() {
  Require(under_test_.budget.reserved() <= under_test_.budget.bound(),
          "the caches keep within their budget");
}

void DamageState::Finish() {
  while (model_.count() > 0) {
    const size_t last = model_.count() - 1;
    model_.Repair(model_.at(last));
    Free(last, /*sized=*/true);
  }
  for (size_t i = 0; i < kThreads; ++i) {
    SwitchThread(i);
    EndThread();
    cache()->Flush();
  }
  EmptyQuarantine(under_test_);
  ReleaseMemory();
  const PageHeapStats pages = under_test_.pages.stats();
  Require(pages.heap == pages.in_use + pages.free_dirty + pages.free_clean,
          "heap == in_use + free_dirty + free_clean");
  Require(pages.mappings == 0, "no mapping is left at the end");
  if (model_.damaged_free()) return;
  Require(pages.in_use == PageCount{0},
          "where no free block was hit, nothing is lost");
}

}  // namespace headroom
