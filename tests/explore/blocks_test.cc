// Blocks of size classes: from an empty heap, from thread to thread, at a
// thread's end, under the scavenger.
#include <atomic>
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

// Two threads' first calls: caches, cells, a span, its first blocks; and back,
// over the edge of magazines of one block.
struct FirstCalls : HeapScenario {
  explicit FirstCalls(size_t bytes) : bytes(bytes) {}
  void Work() {
    TestThread thread(heap);
    char* first = Take(thread, bytes);
    char* second = Take(thread, bytes);
    Give(thread, first);
    Give(thread, second);
    thread.Exit();
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }};
  }
  const size_t bytes;
};

TEST(BlocksTest, FirstCallsOfAClassThatGoesToSpans) {
  ExpectAllExplored(Explore<FirstCalls>({.random_runs = 2000}, kSpanBytes),
                    "first calls, spans");
}

TEST(BlocksTest, FirstCallsOfAClassThatIsStacked) {
  ExpectAllExplored(Explore<FirstCalls>({.random_runs = 2000}, kStackedBytes),
                    "first calls, stacks");
}

// One thread takes, the other frees what it was given: batches of one block
// travel through the central list.
struct HandOver : HeapScenario {
  explicit HandOver(size_t bytes) : bytes(bytes) {
    TestThread helper(heap);
    for (char*& block : given) block = Take(helper, bytes);
  }
  void Make() {
    slot.store(Take(maker, bytes), std::memory_order_release);
    Take(maker, bytes);
  }
  void Consume() {
    for (char* block : given) Give(taker, block);
    char* block = slot.load(std::memory_order_acquire);
    if (block != nullptr) Give(taker, block);
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Make(); }, [this] { Consume(); }};
  }
  const size_t bytes;
  LastingThread maker{heap};
  LastingThread taker{heap};
  char* given[3];
  std::atomic<char*> slot{nullptr};
};

TEST(BlocksTest, HandOverThroughSpans) {
  ExpectAllExplored(Explore<HandOver>({.random_runs = 2000}, kSpanBytes),
                    "hand-over, spans");
}

TEST(BlocksTest, HandOverThroughStacks) {
  ExpectAllExplored(Explore<HandOver>({.random_runs = 2000}, kStackedBytes),
                    "hand-over, stacks");
}

// A thread ends while others take what it gives back, and while statistics
// walk the list of caches.
struct ThreadEnd : HeapScenario {
  explicit ThreadEnd(size_t bytes) : bytes(bytes) {
    leaving->Free(leaving->Malloc(bytes));
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { leaving->Exit(); },
            [this] {
              Take(staying, bytes);
              Take(staying, bytes);
            },
            [this] {
              heap.registry.cached_blocks(SizeClassFor(bytes));
              Require(heap.registry.cache_count() >= 1, "no cache is left");
              heap.budget.bound();
            }};
  }
  const size_t bytes;
  LastingThread leaving{heap};
  LastingThread staying{heap};
};

TEST(BlocksTest, AThreadEndsWhileItsBlocksAreTaken) {
  ExpectAllExplored(Explore<ThreadEnd>({.preemptions = 1, .random_runs = 2000},
                                       kStackedBytes),
                    "thread's end");
}

TEST(BlocksTest, AThreadEndsAndEmptiesItsSpan) {
  ExpectAllExplored(
      Explore<ThreadEnd>({.preemptions = 1, .random_runs = 2000}, kSpanBytes),
      "thread's end, spans");
}

// Blocks go to their spans, and spans to the page heap, while others put and
// take.
struct Scavenging : HeapScenario {
  Scavenging() {
    TestThread helper(heap);
    void* stacked = helper.Malloc(kStackedBytes);
    held = Take(helper, kStackedBytes);
    helper.Free(stacked);
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { heap.central.Scavenge(/*all=*/true); },
            [this] {
              TestThread thread(heap);
              Give(thread, held);
              Take(thread, kStackedBytes);
              Take(thread, kStackedBytes);
            }};
  }
  char* held;
};

TEST(BlocksTest, ScavengingAgainstPutAndTake) {
  ExpectAllExplored(Explore<Scavenging>({.random_runs = 2000}), "scavenging");
}

// The budget is spent: blocks go through the central list one by one, and no
// cache reserves more than there is.
struct NoBudget : HeapScenario {
  NoBudget() : HeapScenario(/*cache_budget=*/0) {}
  void Work() {
    TestThread thread(heap);
    char* block = Take(thread, kStackedBytes);
    Give(thread, block);
    Take(thread, kStackedBytes);
    Require(heap.budget.reserved() <= heap.budget.bound(), "over the budget");
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }};
  }
};

TEST(BlocksTest, WithoutBudget) {
  ExpectAllExplored(Explore<NoBudget>({.random_runs = 2000}), "no budget");
}

}  // namespace
}  // namespace headroom::explore
