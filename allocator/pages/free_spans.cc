#include "allocator/pages/free_spans.h"

#include <cstdint>

namespace headroom {
namespace {

bool Before(const Span* a, const Span* b) {
  if (a->pages != b->pages) return a->pages < b->pages;
  return a->first < b->first;
}

uint64_t Priority(const Span* span) {
  uint64_t x = span->first.value * 0x9e3779b97f4a7c15;
  x ^= x >> 32;
  return x * 0xd6e8feb86659fd93;
}

}  // namespace

void FreeSpans::Insert(Span* span) {
  ++count_;
  // Down to the first node that must lie below `span`.
  Span** link = &root_;
  const uint64_t priority = Priority(span);
  while (*link != nullptr && Priority(*link) >= priority) {
    link = Before(span, *link) ? &(*link)->left : &(*link)->right;
  }
  // Split what hangs there into what comes before `span` and what after.
  Span* rest = *link;
  *link = span;
  Span** less = &span->left;
  Span** greater = &span->right;
  while (rest != nullptr) {
    if (Before(rest, span)) {
      *less = rest;
      less = &rest->right;
      rest = *less;
    } else {
      *greater = rest;
      greater = &rest->left;
      rest = *greater;
    }
  }
  *less = nullptr;
  *greater = nullptr;
}

void FreeSpans::Remove(Span* span) {
  --count_;
  Span** link = &root_;
  while (*link != span) {
    link = Before(span, *link) ? &(*link)->left : &(*link)->right;
  }
  // Merge its two subtrees into its place.
  Span* less = span->left;
  Span* greater = span->right;
  while (less != nullptr && greater != nullptr) {
    if (Priority(less) >= Priority(greater)) {
      *link = less;
      link = &less->right;
      less = *link;
    } else {
      *link = greater;
      link = &greater->left;
      greater = *link;
    }
  }
  *link = less != nullptr ? less : greater;
  span->left = nullptr;
  span->right = nullptr;
}

Span* FreeSpans::BestFit(PageCount pages) const {
  Span* best = nullptr;
  for (Span* span = root_; span != nullptr;) {
    if (span->pages >= pages) {
      best = span;
      span = span->left;
    } else {
      span = span->right;
    }
  }
  return best;
}

}  // namespace headroom
