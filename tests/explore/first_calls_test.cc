// First calls: everything is made, by whichever thread comes first.
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

TEST(FirstCallsTest, AClassThatGoesToSpans) {
  ExpectAllExplored(Explore<FirstCalls>({.random_runs = 2000}, kSpanBytes),
                    "first calls, spans");
}

TEST(FirstCallsTest, AClassThatIsStacked) {
  ExpectAllExplored(Explore<FirstCalls>({.preemptions = 1, .random_runs = 2000},
                                        kStackedBytes),
                    "first calls, stacks");
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

TEST(FirstCallsTest, WithoutBudget) {
  ExpectAllExplored(Explore<NoBudget>({.preemptions = 1, .random_runs = 2000}),
                    "no budget");
}

}  // namespace
}  // namespace headroom::explore
