#include "fuzz/page_heap/page_heap_state.h"

#include <algorithm>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// What no kernel has: the heap need not even ask for it.
constexpr size_t kAddressSpaceBytes = size_t{1} << kAddressBits;

// Room in a mapping around its block, as the front has it.
constexpr size_t kFrontBytes = kKernelPageBytes;
constexpr size_t kBackBytes = kKernelPageBytes;

// In which nothing stays dirty.
constexpr uint64_t kLongTimeMs = 100000;

}  // namespace

PageHeapState::PageHeapState(const PageHeapSetup& setup) {
  now_ms_ = 1000;
  os_.ForeignGrow(setup.break_offset);
}

void PageHeapState::Touch(Live& live) {
  MemoryRange range = live.span->memory;
  if (live.span->is_guarded) range.bytes -= live.span->back_guard;
  Require(model_.IsOpen(range), "a span's pages are accessible");
  live.probes.Write(range, next_seed_++);
}

void PageHeapState::NewSpan(size_t pages, SpanUse use, size_t alignment,
                            size_t closed_tail) {
  if (spans_.size() >= kMostSpans) return;
  const size_t bytes = PageCount{pages}.bytes();
  const bool absurd =
      pages > kAddressSpaceBytes / kPageBytes || alignment > kAddressSpaceBytes;
  const MemoryRange best = absurd ? MemoryRange{} : model_.BestFit(bytes);
  const uint64_t refusals = os_.refusals();
  bool zeroed = false;
  source_.new_span_bytes = bytes;
  Span* span =
      pages_.NewSpan(PageCount{pages}, use, 0, alignment, &zeroed, closed_tail);
  source_.new_span_bytes = 0;
  AdoptLeft(span);
  const bool refused = os_.refusals() != refusals;
  if (span == nullptr) {
    Require(refused || absurd || pages == 0,
            "null comes only when the kernel refused or the request is absurd");
    return;
  }
  const MemoryRange memory = span->memory;
  Require(span->use == use && memory.bytes == bytes, "a span is as asked");
  Require(memory.start % alignment == 0, "a span is aligned as asked");
  if (alignment == kPageBytes && !refused && !best.empty()) {
    Require(memory.start == best.start, "the best fit is taken");
  }
  const bool clean = model_.IsClean(memory);
  Require(zeroed == clean, "zeroed tells whether no page is dirty");
  model_.Own(memory, span);
  if (span->is_guarded) {
    Require(closed_tail > 0, "only a tail that was asked for stays closed");
    Require(!model_.IsOpen({memory.end() - closed_tail, closed_tail}),
            "a guarded span's tail is closed");
    span->back_guard = closed_tail;
  }
  if (zeroed) {
    Probes::RequireZero(
        {memory.start,
         memory.bytes - (span->is_guarded ? span->back_guard : 0)});
  }
  spans_.push_back({span, {}});
  Touch(spans_.back());
}

// False when the kernel refuses.
bool PageHeapState::OpenGuard(Span* span) {
  if (!span->is_guarded) return true;
  const MemoryRange guard{span->memory.end() - span->back_guard,
                          span->back_guard};
  if (!source_.Release(guard, ReleaseMode::kUnprotect)) return false;
  span->is_guarded = false;
  return true;
}

void PageHeapState::DeleteSpan(size_t index, bool close) {
  if (spans_.empty()) return;
  std::swap(spans_[index % spans_.size()], spans_.back());
  const Live live = spans_.back();
  spans_.pop_back();
  Span* span = live.span;
  live.probes.Check(span->memory.start);
  auto closed = PageHeap::Closed::kNothing;
  if (span->use == SpanUse::kLarge) {
    if (close && source_.Release(span->memory, ReleaseMode::kProtect)) {
      closed = PageHeap::Closed::kAll;
    } else if (!OpenGuard(span)) {
      // Whoever gets it tries again.
      closed = PageHeap::Closed::kPartly;
    }
  }
  const uint64_t refusals = os_.refusals();
  model_.Disown(span->memory, closed);
  pages_.DeleteSpan(span, closed);
  const PageHeapStats stats = pages_.stats();
  Require(
      os_.refusals() != refusals || stats.free_dirty <= DirtyCap(stats.in_use),
      "the dirty pages keep within their cap");
}

void PageHeapState::ResizeSpan(size_t index, size_t pages) {
  if (spans_.empty()) return;
  Live& live = spans_[index % spans_.size()];
  Span* span = live.span;
  if (span->use != SpanUse::kLarge || !OpenGuard(span)) return;
  const MemoryRange old = span->memory;
  const MemoryRange wanted{old.start, PageCount{pages}.bytes()};
  const bool shrinks = pages != 0 && wanted.bytes < old.bytes;
  const bool fits =
      pages != 0 && (wanted.bytes <= old.bytes ||
                     wanted.bytes - old.bytes <= model_.FreeBytesAt(old.end()));
  // Before, since pages that are cut off may go to the kernel at once.
  if (shrinks) model_.Shrink(old, wanted.bytes);
  const uint64_t refusals = os_.refusals();
  const bool resized = pages_.ResizeInPlace(span, PageCount{pages});
  AdoptLeft();
  Require(resized == fits || os_.refusals() != refusals,
          "a span is resized when there is room");
  if (!resized) {
    if (shrinks) model_.Extend(wanted, old.bytes);
    Require(span->memory == old, "otherwise it is unchanged");
    return;
  }
  Require(span->memory == wanted, "a resized span is as large as asked");
  if (!shrinks) model_.Extend(old, wanted.bytes);
  live.probes.Check(span->memory.start, std::min(old.bytes, wanted.bytes));
  Touch(live);
}

void PageHeapState::CheckMapping(const Span* span) const {
  const MemoryRange memory = span->memory;
  const PageId block = PageContaining(memory.start + span->block_offset);
  Require(
      map_.Get(PageContaining(memory.start)) == span && map_.Get(block) == span,
      "the map leads from a mapping's first page and its block's to it");
  Require(span->first == PageContaining(memory.start) &&
              span->first + span->pages ==
                  PageContaining(memory.end() - 1) + PageCount{1},
          "a mapping's pages are those it lies in");
}

void PageHeapState::NewMapping(size_t bytes, size_t alignment, bool front,
                               bool at_end, bool zeroed) {
  if (mappings_.size() >= kMostSpans) return;
  const size_t front_bytes = front ? kFrontBytes : 0;
  const size_t total =
      AlignUp(bytes + alignment + front_bytes + 4 * kHeaderBytes + kBackBytes,
              kKernelPageBytes);
  const BlockPlace place{alignment, front_bytes,
                         at_end ? std::max<size_t>(bytes, 1) + kBackBytes : 0};
  const uint64_t refusals = os_.refusals();
  Span* span = pages_.NewMapping(total, place, zeroed);
  AdoptLeft();
  if (span == nullptr) {
    Require(os_.refusals() != refusals || total > kAddressSpaceBytes,
            "null comes only when the kernel refused or the request is absurd");
    return;
  }
  const MemoryRange memory = span->memory;
  const uintptr_t block = memory.start + span->block_offset;
  Require(span->use == SpanUse::kMapping && memory.bytes >= total,
          "a mapping is as asked");
  Require(block == place.BlockIn(memory) && block % alignment == 0 &&
              block >= memory.start + front_bytes + kHeaderBytes,
          "a mapping's block is where it was asked to be");
  Require(block + bytes + kBackBytes <= memory.end() &&
              (at_end || block + kPageBytes <= memory.end()),
          "a mapping has room behind its block");
  if (zeroed) Probes::RequireZero(memory);
  mappings_.push_back({span, {}});
  Touch(mappings_.back());
}

void PageHeapState::DeleteMapping(size_t index, size_t keep) {
  if (mappings_.empty()) return;
  std::swap(mappings_[index % mappings_.size()], mappings_.back());
  const Live live = mappings_.back();
  mappings_.pop_back();
  Span* span = live.span;
  live.probes.Check(span->memory.start);
  const uintptr_t start = span->memory.start;
  const uintptr_t block = start + span->block_offset;
  const size_t kept = pages_.stats().kept_bytes;
  pages_.DeleteMapping(span, keep);
  AdoptLeft();
  Require(pages_.stats().kept_bytes <= std::max(keep, kept),
          "no more is kept than was said, now or before");
  for (const uintptr_t address : {start, block}) {
    // The record may be that of the free pages now.
    const Span* there = map_.Get(PageContaining(address));
    Require(there != span || there->use == SpanUse::kFree,
            "the map does not lead to a mapping that is gone");
  }
}

// What the kernel did not unmap is free memory from now on, if there was a
// record for it: closed, unless a span was made of it meanwhile.
void PageHeapState::AdoptLeft(const Span* made) {
  for (const PageSource::Left& left : source_.left) {
    const uintptr_t start = AlignUp(left.range.start, kPageBytes);
    const uintptr_t end = AlignDown(left.range.end(), kPageBytes);
    if (start >= end) continue;
    const bool is_made = made != nullptr && made->memory.start < end &&
                         made->memory.end() > start;
    if (is_made || map_.IsClosed(PageContaining(end - 1))) {
      model_.Adopt({start, end - start}, left.is_clean);
    }
  }
  source_.left.clear();
}

void PageHeapState::ResizeMapping(size_t index, size_t bytes) {
  if (mappings_.empty()) return;
  Live& live = mappings_[index % mappings_.size()];
  Span* span = live.span;
  const MemoryRange old = span->memory;
  const size_t offset = span->block_offset;
  const uint64_t refusals = os_.refusals();
  const bool resized = pages_.ResizeMapping(span, bytes);
  // A tail that the kernel did not take back is still the mapping's.
  if (!resized) source_.left.clear();
  AdoptLeft();
  Require(span->block_offset == offset, "a block stays where it is in it");
  if (!resized) {
    Require(os_.refusals() != refusals || bytes > kAddressSpaceBytes,
            "a mapping is resized unless the kernel refuses");
    Require(span->memory == old, "otherwise it is unchanged");
    return;
  }
  const MemoryRange memory = span->memory;
  Require(memory.bytes ==
              AlignUp(std::max(bytes, offset + kPageBytes), kKernelPageBytes),
          "a resized mapping is as large as asked");
  live.probes.Check(memory.start, std::min(old.bytes, memory.bytes));
  if (memory.bytes > old.bytes) {
    Probes::RequireZero({memory.start + old.bytes, memory.bytes - old.bytes});
  }
  Touch(live);
}

void PageHeapState::ReleaseFreePages(size_t bytes) {
  const size_t kept = pages_.stats().kept_bytes;
  const size_t free = model_.dirty_bytes() + kept;
  const size_t before = model_.decommitted_bytes();
  const uint64_t refusals = os_.refusals();
  const size_t released = pages_.ReleaseFreePages(bytes);
  AdoptLeft();
  Require(released == model_.decommitted_bytes() - before + kept -
                          pages_.stats().kept_bytes,
          "a trim tells how much it gave");
  Require(released >= std::min(bytes, free) || os_.refusals() != refusals,
          "a trim gives what it is asked for");
  Require(bytes > free || released < bytes + kPageBytes + kLeastKeptBytes,
          "a trim gives little more than it is asked for");
}

void PageHeapState::PassTime(uint64_t milliseconds) {
  now_ms_ += milliseconds;
  pages_.Decay();
  AdoptLeft();
}

void PageHeapState::AfterOperation() {
  size_t large = mappings_.size();
  for (const Live& live : spans_) large += live.span->use == SpanUse::kLarge;
  model_.Check(pages_, map_, large);
  size_t mapping_bytes = 0;
  for (const Live& live : mappings_) {
    CheckMapping(live.span);
    mapping_bytes += live.span->memory.bytes;
  }
  const PageHeapStats stats = pages_.stats();
  Require(stats.mappings == mappings_.size() &&
              stats.mapping_bytes == mapping_bytes,
          "mappings are counted");
  Require(stats.peak_in_use >= stats.in_use &&
              stats.peak_bytes >= stats.in_use.bytes() + mapping_bytes,
          "the peak is no less than now");
  peak_mapping_bytes_ = std::max(peak_mapping_bytes_, mapping_bytes);
  Require(mapping_bytes + stats.kept_bytes <= peak_mapping_bytes_,
          "what is kept costs no more than mappings once did");
}

void PageHeapState::Finish() {
  while (!mappings_.empty()) DeleteMapping(0, 0);
  while (!spans_.empty()) DeleteSpan(0, /*close=*/false);
  AfterOperation();
  os_.RefuseLater(0, 0);
  // Two windows: what was freed in the first was not idle through it.
  PassTime(kLongTimeMs);
  PassTime(kLongTimeMs);
  AfterOperation();
  const PageHeapStats stats = pages_.stats();
  Require(stats.in_use == PageCount{0} && stats.mappings == 0,
          "nothing is in use at the end");
  Require(stats.free_dirty == PageCount{0} && stats.kept_bytes == 0,
          "time leaves no dirty page, and nothing kept");
}

}  // namespace headroom
