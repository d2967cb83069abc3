#include "allocator/central/span_queue.h"

#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

void SetFree(SpanQueue& queue, Span& span, uint32_t free_blocks) {
  const uint32_t before = span.free_blocks;
  span.free_blocks = free_blocks;
  queue.Update(&span, before);
}

TEST(SpanQueueTest, ASpanIsInItExactlyWhileItHasFreeBlocks) {
  SpanQueue queue;
  Span span;
  EXPECT_EQ(queue.Fullest(), nullptr);
  SetFree(queue, span, 1);
  EXPECT_EQ(queue.Fullest(), &span);
  SetFree(queue, span, kSizeClasses[0].blocks_per_span);
  EXPECT_EQ(queue.Fullest(), &span);
  SetFree(queue, span, 0);
  EXPECT_EQ(queue.Fullest(), nullptr);
}

// An eighth of a span's blocks is how roughly.
TEST(SpanQueueTest, TheFullestComesFirst) {
  for (const size_t size_class : {size_t{0}, kSizeClassCount - 1}) {
    const uint32_t per_span = kSizeClasses[size_class].blocks_per_span;
    SpanQueue queue;
    std::vector<Span> spans(100);
    for (Span& span : spans) {
      span.size_class = static_cast<SizeClass>(size_class);
    }
    std::mt19937 random(1);
    for (int i = 0; i < 20000; ++i) {
      // Rarely many free blocks, so that the order matters.
      Span& changed = spans[random() % spans.size()];
      SetFree(queue, changed,
              random() % 3 == 0 ? 0 : random() % (1 + random() % per_span));
      uint32_t least = 0;
      for (const Span& span : spans) {
        if (span.free_blocks == 0) continue;
        if (least == 0 || span.free_blocks < least) least = span.free_blocks;
      }
      const Span* fullest = queue.Fullest();
      ASSERT_EQ(fullest == nullptr, least == 0);
      if (fullest == nullptr) continue;
      ASSERT_GT(fullest->free_blocks, 0u);
      ASSERT_LE(fullest->free_blocks, least + (per_span + 7) / 8);
    }
  }
}

TEST(SpanQueueTest, DrainedInOrderItLosesNoSpan) {
  SpanQueue queue;
  std::vector<Span> spans(50);
  for (uint32_t i = 0; i < spans.size(); ++i) {
    SetFree(queue, spans[i], 1 + i * 70);
  }
  for (uint32_t left = 50; left > 0; --left) {
    Span* fullest = queue.Fullest();
    ASSERT_NE(fullest, nullptr);
    SetFree(queue, *fullest, 0);
  }
  EXPECT_EQ(queue.Fullest(), nullptr);
}

}  // namespace
}  // namespace headroom
