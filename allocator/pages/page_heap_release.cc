// The page heap's way back to the kernel: decay, the cap, malloc_trim.
#include <algorithm>

#include "allocator/pages/page_heap.h"

namespace headroom {

size_t PageHeap::ReleaseFreePages(size_t bytes) {
  // Not BytesToPagesCeil, which wraps for a trim of everything.
  const PageCount pages{BytesToPagesFloor(bytes).value +
                        (bytes % kPageBytes != 0 ? 1 : 0)};
  const size_t released = ReleaseOldest(pages).bytes();
  return released < bytes ? released + ReleaseKept(bytes - released) : released;
}

void PageHeap::Decay() {
  const uint64_t now = clock_();
  if (now < next_tick_ms_.load(std::memory_order_relaxed)) return;
  PageCount due;
  PageCount kept_due;
  {
    LockGuard guard(lock_);
    if (!decay_.TickIsDue(now)) return;
    due = decay_.EndWindow(now, stats_.free_dirty);
    kept_due = kept_decay_.EndWindow(now, KeptPages());
    next_tick_ms_.store(now + kDecayTickMs, std::memory_order_relaxed);
  }
  ReleaseOldest(due);
  ReleaseKept(kept_due.bytes());
}

PageCount PageHeap::BeyondCap() const {
  const PageCount cap = DirtyCap(stats_.in_use);
  return stats_.free_dirty > cap ? stats_.free_dirty - cap : PageCount{0};
}

// One step a lock hold, so that nobody waits for all of it.
PageCount PageHeap::ReleaseOldest(PageCount pages) {
  PageCount released;
  while (released < pages) {
    LockGuard guard(lock_);
    const PageCount step =
        ReleaseOneRun(std::min(pages - released, kReleaseStep));
    if (step.value == 0) break;
    released = released + step;
  }
  return released;
}

// The highest run of the span that has been free longest: best fit takes the
// lowest pages first. The lock stays held, so nobody takes the span meanwhile.
PageCount PageHeap::ReleaseOneRun(PageCount most) {
  Span* span = dirty_.front();
  if (span == nullptr) return {0};
  PageRun run = map_.LastBackedRun(span->first, span->pages);
  if (run.pages > most) run = {run.first + (run.pages - most), most};
  const MemoryRange range{run.first.address(), run.pages.bytes()};
  if (!source_.Release(range, ReleaseMode::kDecommit)) {
    // Locked in memory by its user, perhaps; let the others have a turn.
    dirty_.Remove(span);
    dirty_.PushBack(span);
    return {0};
  }
  map_.MarkUnbacked(run.first, run.pages);
  span->dirty = span->dirty - run.pages;
  if (span->dirty.value == 0) dirty_.Remove(span);
  stats_.free_dirty = stats_.free_dirty - run.pages;
  stats_.free_clean = stats_.free_clean + run.pages;
  stats_.released_bytes += run.pages.bytes();
  decay_.NoteDirty(stats_.free_dirty);
  return run.pages;
}

}  // namespace headroom
