#include "allocator/pages/page_heap.h"

#include <algorithm>
#include <cstdint>

#include "allocator/base/misuse.h"

namespace headroom {
namespace {

void SetPages(Span* span, PageCount pages) {
  span->pages = pages;
  span->memory = {span->first.address(), pages.bytes()};
}

// How many free runs the kernel may refuse to open before it counts as out of
// memory.
constexpr int kMostOpenings = 256;

constexpr PageCount kMaxPages = BytesToPagesFloor(kMaxRequestBytes / 2);

// The lowest run of `pages` in `span` that starts on `alignment`; 0 pages
// when there is none.
PageRun AlignedRun(const Span* span, PageCount pages, size_t alignment) {
  const PageId first =
      PageContaining(AlignUp(span->first.address(), alignment));
  const PageId end = span->first + span->pages;
  if (first > end || end - first < pages) return {first, {0}};
  return {first, pages};
}

}  // namespace

Span* PageHeap::NewSpan(PageCount pages, SpanUse use, SizeClass size_class,
                        size_t alignment, bool* zeroed, size_t closed_tail) {
  if (pages.value == 0 || pages > kMaxPages || alignment > kMaxPages.bytes()) {
    return nullptr;
  }
  // What the kernel does not open: at a limit on writable memory, other free
  // pages may be open already.
  Span* shut = nullptr;
  Span* span = nullptr;
  for (int i = 0; i < kMostOpenings; ++i) {
    PageCount fresh;
    PageCount closed;
    span = TakeSpan(pages, use, size_class, alignment, &fresh, &closed);
    if (span == nullptr && ReleaseKept(SIZE_MAX) != 0) {
      span = TakeSpan(pages, use, size_class, alignment, &fresh, &closed);
    }
    if (span == nullptr) break;
    ReplaceKept(fresh);
    if (zeroed != nullptr) *zeroed = fresh == pages;
    if (closed.value == 0) break;
    // Nobody else has the pages: no need to hold the lock for a system call.
    if (Open(span, closed, closed_tail)) break;
    span->next = shut;
    shut = span;
    span = nullptr;
  }
  while (shut != nullptr) {
    Span* next = shut->next;
    DeleteSpan(shut);
    shut = next;
  }
  return span;
}

// As NewSpan, but for `*closed` pages that are not accessible yet; `*fresh` are
// not backed yet, and so read as zero.
Span* PageHeap::TakeSpan(PageCount pages, SpanUse use, SizeClass size_class,
                         size_t alignment, PageCount* fresh,
                         PageCount* closed) {
  LockGuard guard(lock_);
  Span* span = spans_.New();
  if (span == nullptr) return nullptr;
  const PageRun run = FindOrGrow(pages, alignment);
  if (run.pages != pages) {
    spans_.Delete(span);
    return nullptr;
  }
  span->first = run.first;
  span->use = use;
  span->size_class = size_class;
  SetPages(span, pages);
  *fresh = pages - map_.CountBacked(run.first, pages);
  *closed = map_.CountClosed(run.first, pages);
  map_.MarkBacked(run.first, pages);
  map_.SetRange(run.first, pages, span);
  NoteInUse(pages);
  if (use == SpanUse::kLarge) CountLarge(+1);
  return span;
}

// A run that has left the free spans; 0 pages when out of memory.
PageRun PageHeap::FindOrGrow(PageCount pages, size_t alignment) {
  // Whatever starts where, so many pages hold an aligned run.
  const PageCount enough = pages + BytesToPagesFloor(alignment - kPageBytes);
  Span* from = FindFree(pages, alignment, enough);
  from != nullptr ? tally_.Hit() : tally_.Miss();
  while (from == nullptr) {
    if (!Grow(enough)) return {};
    from = FindFree(pages, alignment, enough);
  }
  const PageRun run = AlignedRun(from, pages, alignment);
  return Carve(from, run) ? run : PageRun{};
}

Span* PageHeap::FindFree(PageCount pages, size_t alignment,
                         PageCount enough) const {
  Span* span = free_.BestFit(pages);
  if (span == nullptr || AlignedRun(span, pages, alignment).pages == pages) {
    return span;
  }
  return free_.BestFit(enough);
}

bool PageHeap::Grow(PageCount pages) {
  if (unmapped_.empty()) {
    unmapped_ = source_.Grow(pages.bytes(), kPageBytes, GrowKind::kHeap);
    if (unmapped_.empty()) return false;
  }
  const PageId first = PageContaining(unmapped_.start);
  const PageCount grown = BytesToPagesFloor(unmapped_.bytes);
  if (!map_.Reserve(first, grown)) return false;
  Span* record = spans_.New();
  if (record == nullptr) return false;
  unmapped_ = {};
  record->first = first;
  record->pages = grown;
  stats_.heap = stats_.heap + grown;
  Coalesce(record);
  return true;
}

// Takes `run` out of the free span `from`; what is left of it stays free and
// keeps its age. False, and nothing changed: out of memory.
bool PageHeap::Carve(Span* from, PageRun run) {
  const PageRun head{from->first, run.first - from->first};
  const PageId tail_first = run.first + run.pages;
  const PageRun tail{tail_first, from->first + from->pages - tail_first};
  Span* extra = from;
  if (head.pages.value != 0 && tail.pages.value != 0) {
    extra = spans_.New();
    if (extra == nullptr) return false;
  }
  Span* const place = RemoveFree(from);
  const PageCount rest = from->dirty - map_.CountBacked(run.first, run.pages);
  const PageCount in_tail =
      head.pages.value == 0 ? rest : map_.CountBacked(tail.first, tail.pages);
  if (head.pages.value != 0) AddRest(from, head, rest - in_tail, place);
  if (tail.pages.value != 0) AddRest(extra, tail, in_tail, place);
  if (head.pages.value == 0 && tail.pages.value == 0) spans_.Delete(from);
  return true;
}

void PageHeap::AddRest(Span* record, PageRun rest, PageCount dirty,
                       Span* dirty_place) {
  record->first = rest.first;
  record->pages = rest.pages;
  record->dirty = dirty;
  AddFree(record, dirty_place);
}

void PageHeap::NoteInUse(PageCount more) {
  stats_.in_use = stats_.in_use + more;
  stats_.peak_in_use = std::max(stats_.peak_in_use, stats_.in_use);
  NotePeak();
}

void PageHeap::NotePeak() {
  stats_.peak_bytes =
      std::max(stats_.peak_bytes, stats_.in_use.bytes() + stats_.mapping_bytes);
}

void PageHeap::DeleteSpan(Span* span, Closed closed) {
  PageCount excess;
  {
    LockGuard guard(lock_);
    Check(span->use == SpanUse::kSmall || span->use == SpanUse::kLarge, span);
    if (closed == Closed::kPartly) NotePartlyClosed();
    if (closed != Closed::kNothing) NoteClosed({span->first, span->pages});
    if (span->use == SpanUse::kLarge) CountLarge(-1);
    FreePagesInUse(span);
    excess = BeyondCap();
  }
  ReleaseOldest(excess);
  Decay();
}

// The pages of `record` were in use; the record becomes a free span's.
void PageHeap::FreePagesInUse(Span* record) {
  stats_.in_use = stats_.in_use - record->pages;
  map_.SetRange(record->first, record->pages, nullptr);
  record->use = SpanUse::kFree;
  record->dirty = record->pages;
  Coalesce(record);
}

// Makes `record` free and one with its free neighbours.
void PageHeap::Coalesce(Span* record) {
  if (Span* left = FreeSpanWith(record->first - PageCount{1})) {
    const PageId first = left->first;
    Absorb(record, left);
    record->first = first;
  }
  if (Span* right = FreeSpanWith(record->first + record->pages)) {
    Absorb(record, right);
  }
  AddFree(record, /*dirty_place=*/nullptr);
}

void PageHeap::Absorb(Span* record, Span* neighbour) {
  RemoveFree(neighbour);
  record->pages = record->pages + neighbour->pages;
  record->dirty = record->dirty + neighbour->dirty;
  spans_.Delete(neighbour);
}

Span* PageHeap::FreeSpanWith(PageId page) const {
  Span* span = map_.Get(page);
  return span != nullptr && span->use == SpanUse::kFree ? span : nullptr;
}

// `dirty_place`: the dirty span it is just older than; null for none.
void PageHeap::AddFree(Span* span, Span* dirty_place) {
  map_.Set(span->first, span);
  map_.Set(span->first + span->pages - PageCount{1}, span);
  free_.Insert(span);
  if (span->dirty.value != 0) dirty_.InsertBefore(dirty_place, span);
  stats_.free_dirty = stats_.free_dirty + span->dirty;
  stats_.free_clean = stats_.free_clean + (span->pages - span->dirty);
}

// Returns the dirty span that it was just older than.
Span* PageHeap::RemoveFree(Span* span) {
  map_.Set(span->first, nullptr);
  map_.Set(span->first + span->pages - PageCount{1}, nullptr);
  free_.Remove(span);
  stats_.free_dirty = stats_.free_dirty - span->dirty;
  stats_.free_clean = stats_.free_clean - (span->pages - span->dirty);
  if (span->dirty.value == 0) return nullptr;
  decay_.NoteDirty(stats_.free_dirty);
  Span* const place = span->next;
  dirty_.Remove(span);
  return place;
}

bool PageHeap::ResizeInPlace(Span* span, PageCount pages) {
  if (pages.value == 0) return false;
  if (pages == span->pages) return true;
  if (pages < span->pages) return ShrinkInPlace(span, pages);
  PageCount fresh;
  if (!GrowInPlace(span, pages, &fresh)) return false;
  ReplaceKept(fresh);
  return true;
}

bool PageHeap::ShrinkInPlace(Span* span, PageCount pages) {
  PageCount excess;
  {
    LockGuard guard(lock_);
    Span* tail = spans_.New();
    if (tail == nullptr) return false;
    tail->first = span->first + pages;
    tail->pages = span->pages - pages;
    SetPages(span, pages);
    FreePagesInUse(tail);
    excess = BeyondCap();
  }
  ReleaseOldest(excess);
  return true;
}

bool PageHeap::GrowInPlace(Span* span, PageCount pages, PageCount* fresh) {
  LockGuard guard(lock_);
  const PageRun more{span->first + span->pages, pages - span->pages};
  Span* right = FreeSpanWith(more.first);
  if (right == nullptr || right->pages < more.pages || !OpenFree(more) ||
      !Carve(right, more)) {
    return false;
  }
  *fresh = more.pages - map_.CountBacked(more.first, more.pages);
  map_.MarkBacked(more.first, more.pages);
  map_.SetRange(more.first, more.pages, span);
  SetPages(span, pages);
  NoteInUse(more.pages);
  return true;
}

PageHeapStats PageHeap::stats() const {
  LockGuard guard(lock_);
  PageHeapStats stats = stats_;
  stats.free_spans = free_.count();
  stats.kept_bytes = kept_.bytes();
  return stats;
}

void PageHeap::AcquireForFork() { lock_.Acquire(); }

void PageHeap::ReleaseAfterFork(bool in_child) {
  in_child ? lock_.ResetAfterFork() : lock_.Release();
}

}  // namespace headroom
