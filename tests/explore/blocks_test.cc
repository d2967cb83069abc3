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

}  // namespace
}  // namespace headroom::explore
