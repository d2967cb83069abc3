// Spans with free blocks, the fullest first.
//
// Role: taking from the fullest span lets the emptiest one drain, so that it
//   can go back to the page heap. Eight lists by how free a span is.
// Takes from: pages. Gives to: central_free_list. Lock: the owner's.
// Invariant: a span is in the queue exactly when its free_blocks > 0, in the
//   list of BucketOf(span); the owner calls Update after every change.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_SPAN_QUEUE_H_
#define HEADROOM_ALLOCATOR_CENTRAL_SPAN_QUEUE_H_

#include <cstdint>

#include "allocator/pages/span.h"

namespace headroom {

class SpanQueue {
 public:
  constexpr SpanQueue() = default;

  // The span with the fewest free blocks, roughly; null when empty.
  Span* Fullest() const {
    for (Span* head : heads_) {
      if (head != nullptr) return head;
    }
    return nullptr;
  }

  // To be called when span->free_blocks was `before` and has changed.
  void Update(Span* span, uint32_t before) {
    const uint32_t per_span = kSizeClasses[span->size_class].blocks_per_span;
    const int from = Bucket(before, per_span);
    const int to = Bucket(span->free_blocks, per_span);
    if (from == to) return;
    if (from >= 0) Unlink(span, from);
    if (to >= 0) Link(span, to);
  }

 private:
  static constexpr uint32_t kBuckets = 8;

  // -1: not in the queue.
  static int Bucket(uint32_t free_blocks, uint32_t per_span) {
    if (free_blocks == 0) return -1;
    return static_cast<int>((free_blocks - 1) * kBuckets / per_span);
  }

  void Link(Span* span, int bucket) {
    span->previous = nullptr;
    span->next = heads_[bucket];
    if (span->next != nullptr) span->next->previous = span;
    heads_[bucket] = span;
  }

  void Unlink(Span* span, int bucket) {
    if (span->previous != nullptr) {
      span->previous->next = span->next;
    } else {
      heads_[bucket] = span->next;
    }
    if (span->next != nullptr) span->next->previous = span->previous;
  }

  Span* heads_[kBuckets] = {};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_SPAN_QUEUE_H_
