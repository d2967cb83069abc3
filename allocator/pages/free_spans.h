// The free spans in order of size, then of address.
//
// Role: answers "the smallest free span of at least n pages, the lowest of
//   those" in O(log n). A treap whose nodes are the spans and whose
//   priorities are hashes of their addresses: no rotation, no parent link, no
//   memory of its own.
// Takes from: span. Gives to: page heap, whose lock protects it.
// Invariant: a span's `first` and `pages` do not change while it is in here.
#ifndef HEADROOM_ALLOCATOR_PAGES_FREE_SPANS_H_
#define HEADROOM_ALLOCATOR_PAGES_FREE_SPANS_H_

#include <cstddef>

#include "allocator/base/units.h"
#include "allocator/pages/span.h"

namespace headroom {

class FreeSpans {
 public:
  constexpr FreeSpans() = default;
  FreeSpans(const FreeSpans&) = delete;
  FreeSpans& operator=(const FreeSpans&) = delete;

  void Insert(Span* span);
  void Remove(Span* span);

  // nullptr when no span has `pages` pages. Does not remove it.
  Span* BestFit(PageCount pages) const;

  size_t count() const { return count_; }

 private:
  Span* root_ = nullptr;
  size_t count_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_FREE_SPANS_H_
