// A doubly linked list of spans through their next and previous.
//
// Role: O(1) append, insert and remove; a span is in at most one list.
// Takes from: span. Gives to: page heap, central. Lock: the owner's.
#ifndef HEADROOM_ALLOCATOR_PAGES_SPAN_LIST_H_
#define HEADROOM_ALLOCATOR_PAGES_SPAN_LIST_H_

#include "allocator/pages/span.h"

namespace headroom {

class SpanList {
 public:
  constexpr SpanList() = default;
  SpanList(const SpanList&) = delete;
  SpanList& operator=(const SpanList&) = delete;

  Span* front() const { return front_; }
  bool empty() const { return front_ == nullptr; }

  void PushFront(Span* span) { InsertBefore(front_, span); }
  void PushBack(Span* span) { InsertBefore(nullptr, span); }

  // `place` is in this list, or null for its end.
  void InsertBefore(Span* place, Span* span) {
    span->next = place;
    span->previous = place != nullptr ? place->previous : back_;
    (span->previous != nullptr ? span->previous->next : front_) = span;
    (place != nullptr ? place->previous : back_) = span;
  }

  // `span` is in this list.
  void Remove(Span* span) {
    (span->previous != nullptr ? span->previous->next : front_) = span->next;
    (span->next != nullptr ? span->next->previous : back_) = span->previous;
    span->next = nullptr;
    span->previous = nullptr;
  }

 private:
  Span* front_ = nullptr;
  Span* back_ = nullptr;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_SPAN_LIST_H_
