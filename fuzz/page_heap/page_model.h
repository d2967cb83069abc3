// The shadow model of the page heap: which pages are whose, and what the
// kernel did to them.
//
// Role: knows nothing of the page heap's inside but its promises: best fit,
//   no two owners of a page, no two free spans that touch, dirty pages counted,
//   closed runs counted.
// Takes from: interval_set. Gives to: page_source, page_heap_state.
// Invariant: owned pages are backed, and in the heap.
#ifndef FUZZ_PAGE_HEAP_PAGE_MODEL_H_
#define FUZZ_PAGE_HEAP_PAGE_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <map>

#include "allocator/base/units.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"
#include "tests/system/interval_set.h"

namespace headroom {

class PageModel {
 public:
  // What the kernel did.
  void Grow(MemoryRange range);
  // A mapping that it did not take back, whose whole pages join the heap.
  void Adopt(MemoryRange range, bool clean);
  void Decommit(MemoryRange range);
  void SetAccess(MemoryRange range, bool accessible);
  // The kernel did not open pages that were to become a span: they are free
  // again, and count as used. Their tail may have been closed before.
  void NoteShut(MemoryRange range) {
    backed_.Add(range);
    ++partly_closed_;
  }

  // What the page heap gave and took.
  void Own(MemoryRange range, Span* span);
  void Disown(MemoryRange range, PageHeap::Closed closed);
  // A span's pages become fewer or more; its owner stays.
  void Shrink(MemoryRange range, size_t bytes);
  void Extend(MemoryRange range, size_t bytes);

  // The free memory that best fit takes; empty when there is none.
  MemoryRange BestFit(size_t bytes) const;
  // The free memory that begins there.
  size_t FreeBytesAt(uintptr_t start) const;
  bool IsClean(MemoryRange range) const { return !backed_.Overlaps(range); }
  bool IsOpen(MemoryRange range) const { return !shut_.Overlaps(range); }
  size_t dirty_bytes() const { return backed_.bytes() - owned_.bytes(); }
  size_t decommitted_bytes() const { return decommitted_bytes_; }

  // Compares everything. `large`: large spans and mappings in use.
  void Check(const PageHeap& heap, const PageMap& map, size_t large);

 private:
  // Each page's entry is looked at in one check of so many.
  static constexpr int kThoroughPeriod = 16;

  template <typename Visit>
  void VisitFree(Visit visit) const;
  template <typename Visit>
  void VisitPages(PageId first, PageId last, Visit visit) const;
  // Memory that the page heap has, but has not put into its map yet.
  void AdmitPending();

  IntervalSet heap_;
  MemoryRange pending_;
  std::map<uintptr_t, Span*> owners_;  // by their first byte
  IntervalSet owned_;
  IntervalSet backed_;
  IntervalSet shut_;    // what the kernel lets nobody touch
  IntervalSet closed_;  // whole spans that were closed and not opened since
  size_t partly_closed_ = 0;
  size_t decommitted_bytes_ = 0;
  int checks_ = 0;
};

}  // namespace headroom

#endif  // FUZZ_PAGE_HEAP_PAGE_MODEL_H_
