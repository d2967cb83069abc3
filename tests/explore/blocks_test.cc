// Blocks of size classes: from thread to thread, at a thread's end, under the
// scavenger.
#include <atomic>
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

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

// The strict level: what is freed waits in the quarantine, and leaves it when
// another thread frees.
struct InQuarantine : HeapScenario {
  static Options Strict() {
    Options options;
    options.zero_on_free = 1;
    options.quarantine = 2000;
    return options;
  }
  InQuarantine() : HeapScenario(TestHeap::kDefaultBudget, Strict()) {}
  void Work(TestThread& thread) {
    for (int i = 0; i < 2; ++i) Give(thread, Take(thread, kSpanBytes));
    Take(thread, kSpanBytes);
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(first); }, [this] { Work(second); }};
  }
  std::string BrokenInvariant() override {
    heap.EmptyQuarantine();
    return HeapScenario::BrokenInvariant();
  }
  LastingThread first{heap};
  LastingThread second{heap};
};

TEST(BlocksTest, ThroughTheQuarantine) {
  ExpectAllExplored(
      Explore<InQuarantine>({.preemptions = 1, .random_runs = 2000}),
      "quarantine");
}

}  // namespace
}  // namespace headroom::explore
