// The page heap's closed pages: free memory that nobody can read or write.
//
// Only what was large and is free is ever closed. It is opened when it leaves
// the heap again, a span at a time.
#include "allocator/pages/page_heap.h"

namespace headroom {

size_t PageHeap::access_ranges() const {
  return closed_runs_.load(std::memory_order_relaxed) +
         large_.load(std::memory_order_relaxed);
}

void PageHeap::CountLarge(int change) {
  large_.store(
      large_.load(std::memory_order_relaxed) + static_cast<size_t>(change),
      std::memory_order_relaxed);
}

// Pages of `run`, with their neighbours, at which closed memory begins.
size_t PageHeap::CountClosedRuns(PageRun run) const {
  size_t runs = 0;
  bool before = map_.IsClosed(run.first - PageCount{1});
  for (PageId page = run.first; page <= run.first + run.pages; ++page.value) {
    const bool closed = map_.IsClosed(page);
    if (closed && !before) ++runs;
    before = closed;
  }
  return runs;
}

void PageHeap::NoteClosed(PageRun run) {
  const size_t before = CountClosedRuns(run);
  map_.MarkClosed(run.first, run.pages);
  closed_runs_.store(closed_runs_.load(std::memory_order_relaxed) +
                         CountClosedRuns(run) - before,
                     std::memory_order_relaxed);
}

void PageHeap::NoteOpen(PageRun run) {
  const size_t before = CountClosedRuns(run);
  map_.MarkOpen(run.first, run.pages);
  closed_runs_.store(closed_runs_.load(std::memory_order_relaxed) +
                         CountClosedRuns(run) - before,
                     std::memory_order_relaxed);
}

// Makes a new span's pages accessible, `closed` of which are not; where all
// are not, the last `closed_tail` bytes stay so. False, and noted as before:
// the kernel refuses.
bool PageHeap::Open(Span* span, PageCount closed, size_t closed_tail) {
  MemoryRange range = span->memory;
  span->is_guarded = closed == span->pages && closed_tail > 0;
  if (span->is_guarded && some_partly_closed_.load(std::memory_order_relaxed)) {
    span->is_guarded = source_.Release({range.end() - closed_tail, closed_tail},
                                       ReleaseMode::kProtect);
  }
  if (span->is_guarded) range.bytes -= closed_tail;
  if (!source_.Release(range, ReleaseMode::kUnprotect)) {
    NotePartlyClosed();
    return false;
  }
  LockGuard guard(lock_);
  NoteOpen({span->first, span->pages});
  return true;
}

// Makes free pages accessible.
bool PageHeap::OpenFree(PageRun run) {
  if (map_.CountClosed(run.first, run.pages).value == 0) return true;
  const MemoryRange range{run.first.address(), run.pages.bytes()};
  if (!source_.Release(range, ReleaseMode::kUnprotect)) {
    NotePartlyClosed();
    return false;
  }
  NoteOpen(run);
  return true;
}

}  // namespace headroom
