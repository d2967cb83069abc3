// The heap's pages: spans out, spans back, idle pages to the kernel.
//
// Role: best fit, lowest address first; splits, coalesces at once, decays.
//   Gives the largest blocks mappings of their own.
// Takes from: memory source, metadata arena (span records), page map, clock.
// Gives to: central (kSmall spans), front (kLarge, kMapping).
// Lock: its own, kPageHeap. Mappings are made and unmapped without it.
// Invariant: heap == in_use + free_dirty + free_clean; backed pages ==
//   in_use + free_dirty; no two free spans touch; the map leads from each page
//   of a span in use and from both ends of a free one to it, from a free
//   span's inner pages to nothing.
#ifndef HEADROOM_ALLOCATOR_PAGES_PAGE_HEAP_H_
#define HEADROOM_ALLOCATOR_PAGES_PAGE_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/base/tally.h"
#include "allocator/base/units.h"
#include "allocator/block/size_classes.h"
#include "allocator/pages/block_place.h"
#include "allocator/pages/decay.h"
#include "allocator/pages/free_spans.h"
#include "allocator/pages/kept_mappings.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"
#include "allocator/pages/span_list.h"
#include "allocator/system/clock.h"
#include "allocator/system/memory_source.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/object_pool.h"

namespace headroom {

// No lock is held for more of madvise than this.
inline constexpr PageCount kReleaseStep = BytesToPagesCeil(size_t{1} << 20);

struct PageHeapStats {
  PageCount heap;        // all pages but mappings
  PageCount in_use;      // kSmall and kLarge spans
  PageCount free_dirty;  // free, and the kernel may still back them
  PageCount free_clean;  // free, and the kernel holds no memory for them
  PageCount peak_in_use;
  size_t free_spans = 0;
  size_t mappings = 0;
  size_t mapping_bytes = 0;
  size_t kept_bytes = 0;      // of freed mappings; the kernel may back them
  size_t peak_bytes = 0;      // of in_use and mappings together
  size_t released_bytes = 0;  // of free spans: by decay, cap or trim, ever
};

// All functions are thread-safe and leave errno as it was.
class PageHeap {
 public:
  constexpr PageHeap(MemorySource& source, MetadataArena& arena, PageMap& map,
                     MillisecondClock clock)
      : source_(source), map_(map), clock_(clock), spans_(arena) {}
  PageHeap(const PageHeap&) = delete;
  PageHeap& operator=(const PageHeap&) = delete;

  // `use` is kSmall or kLarge; every page of the span is in the page map.
  // `alignment` (of the first page's address) is a power of two, at least
  // kPageBytes. nullptr when out of memory. `*zeroed` tells whether the whole
  // span reads as zero. Its last `closed_tail` bytes may stay inaccessible:
  // then span->is_guarded.
  Span* NewSpan(PageCount pages, SpanUse use, SizeClass size_class = 0,
                size_t alignment = kPageBytes, bool* zeroed = nullptr,
                size_t closed_tail = 0);
  // Takes a kSmall or kLarge span, and the record with it. `closed`: how much
  // of it is inaccessible.
  enum class Closed : uint8_t { kNothing, kPartly, kAll };
  void DeleteSpan(Span* span, Closed closed = Closed::kNothing);
  // kLarge: a shrink gives the tail back, a growth takes from a free right
  // neighbour. False: unchanged.
  bool ResizeInPlace(Span* span, PageCount pages);

  // One block in its own mapping, of at least `bytes` and at least a
  // page behind the block's start, or the page's rest and a kernel page behind
  // the block's end. The block is expected at place.BlockIn(span->memory); the
  // page map has its page and the mapping's first. nullptr when out of memory.
  // Unless `zeroed` it may hold what was freed.
  Span* NewMapping(size_t bytes, const BlockPlace& place, bool zeroed = true);
  // Nothing is left at its addresses. Up to `keep` bytes of this mapping and
  // those freed before stay backed elsewhere, for the next ones; all but its
  // guard at the back must be accessible then.
  void DeleteMapping(Span* span, size_t keep = 0);
  // Makes it `bytes` long, and never less than a page behind the block's
  // start. Content is kept; span->memory may move, the block's offset in it
  // stays. False: unchanged.
  bool ResizeMapping(Span* span, size_t bytes);

  // Gives at least `bytes` of free dirty pages and of what is kept of mappings
  // back to the kernel, if there are as many; returns how many bytes it gave.
  size_t ReleaseFreePages(size_t bytes);
  // To be called now and then from slow paths; cheap when nothing is due.
  void Decay();

  PageHeapStats stats() const;

  // An upper bound of how many ranges with an access of their own the kernel
  // has to remember for the large blocks: those in use, and runs of closed
  // pages; one more for each span that was closed partly. No lock.
  size_t access_ranges() const;

  // The composition root's fork handlers.
  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  friend class Measures;

  // page_heap.cc
  Span* TakeSpan(PageCount pages, SpanUse use, SizeClass size_class,
                 size_t alignment, PageCount* fresh, PageCount* closed);
  PageRun FindOrGrow(PageCount pages, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  Span* FindFree(PageCount pages, size_t alignment, PageCount enough) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool Grow(PageCount pages) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool Carve(Span* from, PageRun run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void AddRest(Span* record, PageRun rest, PageCount dirty, Span* dirty_place)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool ShrinkInPlace(Span* span, PageCount pages);
  bool GrowInPlace(Span* span, PageCount pages, PageCount* fresh);
  void NoteInUse(PageCount more) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void NotePeak() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void FreePagesInUse(Span* record) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Coalesce(Span* record) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Absorb(Span* record, Span* neighbour)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  Span* FreeSpanWith(PageId page) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void AddFree(Span* span, Span* dirty_place)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  Span* RemoveFree(Span* span) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  // page_heap_access.cc
  void CountLarge(int change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  size_t CountClosedRuns(PageRun run) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void NoteClosed(PageRun run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void NotePartlyClosed() {
    some_partly_closed_.store(true, std::memory_order_relaxed);
  }
  void NoteOpen(PageRun run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool Open(Span* span, PageCount closed, size_t closed_tail)
      ABSL_LOCKS_EXCLUDED(lock_);
  bool OpenFree(PageRun run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  // page_heap_mapping.cc
  Span* TryNewMapping(size_t bytes, const BlockPlace& place, bool zeroed);
  void GiveBack(MemoryRange memory) ABSL_LOCKS_EXCLUDED(lock_);
  bool MapEntries(Span* span) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void ClearEntries(const Span* span) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void SetMemory(Span* span, MemoryRange memory)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool GrowMapping(Span* span, size_t bytes);
  bool ShrinkMapping(Span* span, size_t bytes);

  // page_heap_kept.cc
  MemoryRange TakeKept(size_t bytes);
  MemoryRange Keep(MemoryRange memory, size_t back_guard, size_t most);
  void AddKept(MemoryRange range, size_t most);
  bool TryAddKept(MemoryRange range, size_t most);
  MemoryRange TakeOldestKept(size_t most) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  size_t ReleaseKept(size_t bytes) ABSL_LOCKS_EXCLUDED(lock_);
  void ReplaceKept(PageCount fresh) ABSL_LOCKS_EXCLUDED(lock_);
  void NoteKept() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  PageCount KeptPages() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    return BytesToPagesCeil(kept_.bytes());
  }

  // page_heap_release.cc
  PageCount BeyondCap() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  PageCount ReleaseOldest(PageCount pages);
  PageCount ReleaseOneRun(PageCount most) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  MemorySource& source_;
  PageMap& map_;
  const MillisecondClock clock_;
  mutable Lock lock_{LockRank::kPageHeap};
  ObjectPool<Span> spans_ ABSL_GUARDED_BY(lock_);
  FreeSpans free_ ABSL_GUARDED_BY(lock_);
  // Free spans with dirty pages, in the order in which they became free.
  SpanList dirty_ ABSL_GUARDED_BY(lock_);
  DirtyDecay decay_ ABSL_GUARDED_BY(lock_);
  KeptMappings kept_ ABSL_GUARDED_BY(lock_);
  DirtyDecay kept_decay_ ABSL_GUARDED_BY(lock_);
  // Spans' pages that came fresh from the kernel and took no kept ones' place
  // yet.
  PageCount unreplaced_ ABSL_GUARDED_BY(lock_);
  // Heap memory that the page map had no room for yet.
  MemoryRange unmapped_ ABSL_GUARDED_BY(lock_);
  PageHeapStats stats_ ABSL_GUARDED_BY(lock_);
  // Written under the lock.
  std::atomic<size_t> large_{0};        // kLarge spans and mappings in use
  std::atomic<size_t> closed_runs_{0};  // longest runs of closed pages
  // The kernel once refused to open something: what counts as closed may be
  // open since, and no guard.
  std::atomic<bool> some_partly_closed_{false};
  // When the next tick of decay is due, for a look without the lock.
  std::atomic<uint64_t> next_tick_ms_{0};
  // Counted under the lock. A miss is a span for which the heap had to grow.
  [[no_unique_address]] Tally tally_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_PAGE_HEAP_H_
