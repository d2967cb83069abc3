#include "allocator/pages/free_spans.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "allocator/base/units.h"
#include "allocator/pages/span.h"
#include "allocator/pages/span_list.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(FreeSpansTest, AnEmptySetFitsNothing) {
  FreeSpans spans;
  EXPECT_EQ(spans.BestFit({0}), nullptr);
  EXPECT_EQ(spans.BestFit({1}), nullptr);
  EXPECT_EQ(spans.count(), 0u);
}

TEST(FreeSpansTest, SmallestThenLowestAgainstASortedSet) {
  std::mt19937 random(5);
  for (size_t largest : {4u, 200u, 100000u}) {
    FreeSpans spans;
    std::deque<Span> records(2000);
    std::vector<Span*> in;
    std::vector<Span*> out;
    for (Span& record : records) out.push_back(&record);
    std::set<std::pair<size_t, uintptr_t>> model;
    for (int i = 0; i < 20000; ++i) {
      std::vector<Span*>& from = random() % 2 != 0 || in.empty() ? out : in;
      if (from.empty()) continue;
      std::swap(from[random() % from.size()], from.back());
      Span* span = from.back();
      from.pop_back();
      if (&from == &out) {
        span->pages = {random() % largest + 1};
        span->first = {(random() % 1000000) * 5000 +
                       static_cast<size_t>(span - &records[0])};
        model.insert({span->pages.value, span->first.value});
        spans.Insert(span);
        in.push_back(span);
      } else {
        model.erase({span->pages.value, span->first.value});
        spans.Remove(span);
        out.push_back(span);
        EXPECT_EQ(span->left, nullptr);
        EXPECT_EQ(span->right, nullptr);
      }
      ASSERT_EQ(spans.count(), model.size());
      const size_t wanted = random() % (largest + 1);
      const auto best = model.lower_bound({wanted, 0});
      const Span* found = spans.BestFit({wanted});
      if (best == model.end()) {
        ASSERT_EQ(found, nullptr);
      } else {
        ASSERT_NE(found, nullptr);
        ASSERT_EQ(found->pages.value, best->first);
        ASSERT_EQ(found->first.value, best->second);
      }
    }
  }
}

size_t Depth(const Span* span) {
  return span == nullptr ? 0
                         : 1 + std::max(Depth(span->left), Depth(span->right));
}

TEST(FreeSpansTest, StaysShallowWhenFilledInOrder) {
  FreeSpans spans;
  std::deque<Span> records(10000);
  uintptr_t page = 1 << 20;
  for (Span& record : records) {
    record.first = {page += 16};
    record.pages = {8};
    spans.Insert(&record);
  }
  size_t deepest = 0;
  for (const Span& record : records) {
    deepest = std::max(deepest, Depth(&record));
  }
  // A random tree of 10,000 is about 30 deep.
  EXPECT_LT(deepest, 60u);
  EXPECT_EQ(spans.BestFit({8}), &records[0]);
}

TEST(SpanListTest, KeepsOrder) {
  SpanList list;
  Span a;
  Span b;
  Span c;
  Span d;
  EXPECT_TRUE(list.empty());
  list.PushBack(&b);
  list.PushFront(&a);
  list.PushBack(&d);
  list.InsertBefore(&d, &c);
  const Span* expected[] = {&a, &b, &c, &d};
  const Span* span = list.front();
  for (const Span* each : expected) {
    EXPECT_EQ(span, each);
    span = span->next;
  }
  EXPECT_EQ(span, nullptr);
  list.Remove(&b);
  EXPECT_EQ(a.next, &c);
  EXPECT_EQ(c.previous, &a);
  EXPECT_EQ(b.next, nullptr);
  EXPECT_EQ(b.previous, nullptr);
  list.Remove(&a);
  EXPECT_EQ(list.front(), &c);
  list.Remove(&d);
  list.PushBack(&d);
  EXPECT_EQ(c.next, &d);
  list.Remove(&c);
  list.Remove(&d);
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace headroom
