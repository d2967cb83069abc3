// Sampled blocks: the pool is made by whoever comes first; slots go round.
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

struct Samples : HeapScenario {
  void Work() {
    void* block = heap.guard.Allocate(100, 16, {});
    // While one thread makes the pool, the others go without.
    if (block == nullptr) return;
    live.Add(block, 100);
    static_cast<char*>(block)[99] = 'x';
    Require(heap.guard.Contains(block), "it is not in the pool");
    Require(heap.guard.BytesOf(block) == 100, "it is not live");
    live.Remove(block);
    Require(heap.guard.Free(block, {}) == GuardPool::FreeResult::kFreed,
            "it cannot be freed");
    Require(!heap.guard.IsLive(block) || live.count() > 0, "it is live");
  }
  std::string BrokenInvariant() override {
    const GuardPoolStats stats = heap.guard.stats();
    if (stats.live != 0 || stats.allocations != stats.frees ||
        stats.allocations == 0) {
      return "the counts of the pool";
    }
    return HeapScenario::BrokenInvariant();
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }};
  }
};

TEST(GuardTest, ThePoolIsMadeOnce) {
  ExpectAllExplored(Explore<Samples>({.random_runs = 1000}), "guard pool");
}

// Two frees of one block: one of them is told.
struct FreedTwice : HeapScenario {
  FreedTwice() { block = heap.guard.Allocate(100, 16, {}); }
  void Free(size_t self) { results[self] = heap.guard.Free(block, {}); }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Free(0); }, [this] { Free(1); },
            [this] {
              GuardPool::Description about;
              heap.guard.Describe(block, &about);
            }};
  }
  std::string BrokenInvariant() override {
    const int freed = (results[0] == GuardPool::FreeResult::kFreed) +
                      (results[1] == GuardPool::FreeResult::kFreed);
    const int told = (results[0] == GuardPool::FreeResult::kDoubleFree) +
                     (results[1] == GuardPool::FreeResult::kDoubleFree);
    return freed == 1 && told == 1 ? "" : "not freed once and told once";
  }
  void* block;
  GuardPool::FreeResult results[2] = {};
};

TEST(GuardTest, ADoubleFreeIsToldToOne) {
  ExpectAllExplored(Explore<FreedTwice>({.random_runs = 1000}),
                    "guard pool, double free");
}

}  // namespace
}  // namespace headroom::explore
