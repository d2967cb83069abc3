#include "fuzz/page_heap/page_model.h"

#include <algorithm>
#include <iterator>

#include "fuzz/engine/require.h"

namespace headroom {

void PageModel::AdmitPending() {
  heap_.Add(pending_);
  pending_ = {};
}

void PageModel::Grow(MemoryRange range) {
  AdmitPending();
  Require(!heap_.Overlaps(range), "fresh memory is fresh");
  pending_ = range;
}

void PageModel::Adopt(MemoryRange range, bool clean) {
  Require(!heap_.Overlaps(range), "what was a mapping is not the heap's yet");
  heap_.Add(range);
  if (!clean) backed_.Add(range);
  // It counts as closed and is open: a gap in a run of closed pages.
  closed_.Add(range);
  ++partly_closed_;
}

void PageModel::Decommit(MemoryRange range) {
  Require(!owned_.Overlaps(range), "no page is taken from its owner");
  Require(backed_.Contains(range), "only dirty pages are decommitted");
  backed_.Remove(range);
  decommitted_bytes_ += range.bytes;
}

void PageModel::SetAccess(MemoryRange range, bool accessible) {
  if (!accessible) return shut_.Add(range);
  shut_.Remove(range);
  const uintptr_t start = AlignDown(range.start, kPageBytes);
  closed_.Remove({start, AlignUp(range.end(), kPageBytes) - start});
}

void PageModel::Own(MemoryRange range, Span* span) {
  if (!heap_.Contains(range)) AdmitPending();
  Require(heap_.Contains(range), "a span's pages are the heap's");
  Require(!owned_.Overlaps(range), "no page has two owners");
  owned_.Add(range);
  backed_.Add(range);
  closed_.Remove(range);
  owners_[range.start] = span;
}

void PageModel::Disown(MemoryRange range, PageHeap::Closed closed) {
  owned_.Remove(range);
  owners_.erase(range.start);
  if (closed != PageHeap::Closed::kNothing) closed_.Add(range);
  if (closed == PageHeap::Closed::kPartly) ++partly_closed_;
}

void PageModel::Shrink(MemoryRange range, size_t bytes) {
  owned_.Remove({range.start + bytes, range.bytes - bytes});
}

void PageModel::Extend(MemoryRange range, size_t bytes) {
  const MemoryRange more{range.end(), bytes - range.bytes};
  Require(heap_.Contains(more), "a span's pages are the heap's");
  Require(!owned_.Overlaps(more), "no page has two owners");
  owned_.Add(more);
  backed_.Add(more);
  closed_.Remove(more);
}

template <typename Visit>
void PageModel::VisitFree(Visit visit) const {
  for (const auto& [start, end] : heap_.ends()) {
    uintptr_t from = start;
    for (auto owner = owners_.lower_bound(start);
         owner != owners_.end() && owner->first < end; ++owner) {
      if (owner->first > from) visit(MemoryRange{from, owner->first - from});
      from = owner->second->memory.end();
    }
    if (end > from) visit(MemoryRange{from, end - from});
  }
}

MemoryRange PageModel::BestFit(size_t bytes) const {
  MemoryRange best;
  VisitFree([&](MemoryRange run) {
    if (run.bytes < bytes) return;
    if (best.empty() || run.bytes < best.bytes) best = run;
  });
  return best;
}

size_t PageModel::FreeBytesAt(uintptr_t start) const {
  const MemoryRange heap = heap_.IntervalAt(start);
  if (heap.empty() || owned_.Overlaps({start, 1})) return 0;
  const auto above = owners_.lower_bound(start);
  const uintptr_t end =
      above == owners_.end() ? heap.end() : std::min(heap.end(), above->first);
  return end - start;
}

// Of the pages from `first` to `last`: all now and then, else those near the
// ends.
template <typename Visit>
void PageModel::VisitPages(PageId first, PageId last, Visit visit) const {
  constexpr PageCount kNear{2};
  const bool all =
      checks_ % kThoroughPeriod == 0 || last - first <= kNear + kNear;
  for (PageId page = first; page <= last; ++page.value) {
    visit(page);
    if (!all && page == first + kNear) page = last - kNear;
  }
}

void PageModel::Check(const PageHeap& heap, const PageMap& map, size_t large) {
  ++checks_;
  const PageHeapStats stats = heap.stats();
  if (stats.heap.bytes() != heap_.bytes()) AdmitPending();
  Require(stats.heap.bytes() == heap_.bytes(), "heap pages are counted");
  Require(stats.in_use.bytes() == owned_.bytes(), "pages in use are counted");
  Require(stats.free_dirty.bytes() == dirty_bytes(), "dirty pages are counted");
  Require(stats.heap == stats.in_use + stats.free_dirty + stats.free_clean,
          "heap == in_use + free_dirty + free_clean");
  Require(stats.released_bytes == decommitted_bytes_,
          "released bytes are counted");
  size_t runs = 0;
  VisitFree([&](MemoryRange run) {
    ++runs;
    const PageId first = PageContaining(run.start);
    const PageId last = PageContaining(run.end() - 1);
    const Span* span = map.Get(first);
    Require(span != nullptr && map.Get(last) == span,
            "the map leads from a free span's ends to it");
    Require(span->use == SpanUse::kFree && span->first == first &&
                span->pages.bytes() == run.bytes,
            "no two free spans touch");
    Require(span->dirty.bytes() == backed_.BytesIn(run),
            "a free span's dirty pages are counted");
    VisitPages(first, last, [&](PageId page) {
      Require(page == first || page == last || map.Get(page) == nullptr,
              "the map leads from a free span's inner pages to nothing");
    });
  });
  Require(stats.free_spans == runs, "free spans are counted");
  for (const auto& [start, owner] : owners_) {
    const Span* span = owner;
    const MemoryRange memory = span->memory;
    Require(memory.start == start && span->first.address() == start &&
                span->pages.bytes() == memory.bytes,
            "a span in use stays where it is");
    VisitPages(span->first, PageContaining(memory.end() - 1), [&](PageId page) {
      Require(map.Get(page) == span,
              "the map leads from each page in use to its span");
    });
  }
  Require(heap.access_ranges() == large + closed_.interval_count(),
          "large spans and closed runs are counted");
  Require(shut_.interval_count() <= heap.access_ranges() + partly_closed_,
          "access_ranges() bounds what the kernel has to remember");
}

}  // namespace headroom
