// Two threads free one block at once, and both see it live: it lies in two
// magazines. Every way on from there, played step by step with two caches:
// whoever is second is reported, and the block never has two owners.
#include <cstdint>
#include <vector>

#include "allocator/thread/thread_cache.h"
#include "tests/thread/thread_fixture.h"

namespace headroom {
namespace {

class RacingFreeDeathTest : public ThreadFixture {
 protected:
  RacingFreeDeathTest() {
    Warm(a_);
    Warm(b_);
    block_ = Pop(a_, kClass);
    // Both have looked at the header before either writes to it.
    Push(a_, kClass, block_);
    Push(b_, kClass, block_);
  }
  ~RacingFreeDeathTest() override {
    // The caches are abandoned: one of them holds what is not its own.
    registry_.ForgetAllBut(nullptr);
  }
  // Gives a cache a magazine, with blocks of its own below.
  void Warm(ThreadCache& cache) {
    PushAll(cache, kClass, PopMany(cache, kClass, 200));
  }
  // The block on top of `cache` is taken off and becomes live.
  void PopIt(ThreadCache& cache) { ASSERT_EQ(Pop(cache, kClass), block_); }
  // Sends the whole magazine away, to the spans.
  void FlushToSpans(ThreadCache& cache) {
    cache.Flush();
    central_.Scavenge(/*all=*/true);
  }

  ThreadCache& a_ = *registry_.Attach();
  ThreadCache& b_ = *registry_.Attach();
  void* block_;
};

TEST_F(RacingFreeDeathTest, PoppedWhileTheOtherHoldsIt) {
  PopIt(a_);
  EXPECT_DEATH(Pop(b_, kClass), "double free");
}

TEST_F(RacingFreeDeathTest, PoppedTheOtherWayRound) {
  PopIt(b_);
  EXPECT_DEATH(Pop(a_, kClass), "double free");
}

// Freed again by its owner it is the owner's, and the other may have it: then
// the owner's magazine is the one that holds what it does not own.
TEST_F(RacingFreeDeathTest, PoppedFreedAndPoppedByTheOther) {
  PopIt(a_);
  Push(a_, kClass, block_);
  PopIt(b_);
  EXPECT_DEATH(Pop(a_, kClass), "double free");
}

TEST_F(RacingFreeDeathTest, PoppedThenFlushedByTheOther) {
  PopIt(a_);
  EXPECT_DEATH(FlushToSpans(b_), "double free");
}

TEST_F(RacingFreeDeathTest, FlushedThenPoppedByTheOther) {
  FlushToSpans(a_);
  EXPECT_DEATH(Pop(b_, kClass), "double free|corrupt free block");
}

TEST_F(RacingFreeDeathTest, BothFlushed) {
  FlushToSpans(a_);
  EXPECT_DEATH(FlushToSpans(b_), "double free");
}

TEST_F(RacingFreeDeathTest, BothFlushedToTheStacksFirst) {
  a_.Flush();
  b_.Flush();
  ASSERT_GT(central_.stats(kClass).stacked_blocks, 0u);
  EXPECT_DEATH(central_.Scavenge(/*all=*/true), "double free");
}

// Twice on one stack, and taken by one thread.
TEST_F(RacingFreeDeathTest, BothStackedThenTakenByAThird) {
  a_.Flush();
  b_.Flush();
  ThreadCache& c = *registry_.Attach();
  EXPECT_DEATH(
      {
        while (central_.stats(kClass).stacked_blocks > 0) Pop(c, kClass);
        while (c.cached_blocks(kClass) > 0) Pop(c, kClass);
      },
      "double free");
}

// Flushed by one, handed out to a third, and only then met by the other.
TEST_F(RacingFreeDeathTest, FlushedHandedOutThenPoppedByTheOther) {
  FlushToSpans(a_);
  ThreadCache& c = *registry_.Attach();
  std::vector<void*> taken;
  while (taken.empty() || taken.back() != block_) {
    taken.push_back(Pop(c, kClass));
    ASSERT_LT(taken.size(), 20000u);
  }
  EXPECT_DEATH(Pop(b_, kClass), "double free");
}

// As free in a third magazine the first that takes it owns it.
TEST_F(RacingFreeDeathTest, FlushedAndInAThirdMagazine) {
  FlushToSpans(a_);
  ThreadCache& c = *registry_.Attach();
  std::vector<void*> taken;
  while (taken.empty() || taken.back() != block_) {
    taken.push_back(Pop(c, kClass));
    ASSERT_LT(taken.size(), 20000u);
  }
  Push(c, kClass, block_);
  PopIt(b_);
  EXPECT_DEATH(Pop(c, kClass), "double free");
}

// The span is gone, and its pages are another class's.
TEST_F(RacingFreeDeathTest, FlushedAndItsSpanUsedAnew) {
  Span* span = map_.Get(PageContaining(block_));
  // Whatever else of the span b holds is given back first.
  std::vector<void*> own;
  ASSERT_EQ(Pop(b_, kClass), block_);
  while (b_.cached_blocks(kClass) > 0) own.push_back(Pop(b_, kClass));
  for (void* block : own) SealAs(keys_.free(), kClass, block);
  Put(kClass, 1, own);
  Push(b_, kClass, block_);
  FlushToSpans(a_);
  if (map_.Get(PageContaining(block_)) == span) GTEST_SKIP();
  for (SizeClass other : {SizeClass{0}, SizeClass{9}}) Take(other, 0, 500);
  EXPECT_DEATH(Pop(b_, kClass), "double free|corrupt free block");
  EXPECT_DEATH(FlushToSpans(b_), "double free|corrupt free block");
}

// One thread, no race: the second push finds the block no longer live, which
// front looks at; here both went in.
TEST_F(RacingFreeDeathTest, TwiceInOneMagazine) {
  Push(a_, kClass, block_);
  PopIt(a_);
  EXPECT_DEATH(Pop(a_, kClass), "double free");
  EXPECT_DEATH(FlushToSpans(a_), "double free");
}

}  // namespace
}  // namespace headroom
