// The pools below the heap: cells, records, the arena, tokens, the budget.
#include <functional>
#include <vector>

#include "allocator/base/token_bucket.h"
#include "allocator/system/cell_pool.h"
#include "allocator/thread/cache_budget.h"
#include "gtest/gtest.h"
#include "tests/explore/explorer.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

// Cells go round; nobody gets what another one has.
struct Cells : Scenario {
  void Work() {
    for (int i = 0; i < 2; ++i) {
      void** cells = pool.Allocate(4);
      Require(cells != nullptr, "out of memory");
      live.Add(cells, 4 * sizeof(void*));
      for (int j = 0; j < 4; ++j) cells[j] = this;
      live.Remove(cells);
      pool.Free(cells, 4);
    }
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }};
  }
  FakeMemorySource source{size_t{1} << 24};
  MetadataArena arena{source};
  CellPool pool{arena};
  LiveBlocks live;
};

TEST(PoolsTest, CellsOfTwoThreads) {
  ExpectAllExplored(Explore<Cells>({.preemptions = 3, .random_runs = 2000}),
                    "cells");
}

// Records of spans and caches, under their owners' locks.
struct Records : Scenario {
  void Work() {
    Span* span = pages.NewSpan({1}, SpanUse::kLarge);
    Require(span != nullptr, "out of memory");
    live.Add(span, sizeof(Span));
    span->block_offset = 16;
    live.Remove(span);
    pages.DeleteSpan(span);
  }
  std::string BrokenInvariant() override {
    return pages.stats().in_use.value == 0 ? "" : "pages in use";
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }, [this] { Work(); }};
  }
  FakeMemorySource source{size_t{1} << 30};
  FakeMemorySource arena_source{size_t{1} << 30};
  MetadataArena arena{arena_source};
  PageMap map{arena};
  PageHeap pages{source, arena, map, &TestHeap::Now};
  LiveBlocks live;
};

TEST(PoolsTest, RecordsOfThreeThreads) {
  ExpectAllExplored(Explore<Records>({.random_runs = 2000}), "records");
}

// Never more than there is, and all of it when nobody else is there.
struct Tokens : Scenario {
  void Work(size_t self) {
    for (int i = 0; i < 2; ++i) taken[self] += bucket.TryTake(1000) ? 1u : 0u;
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(0); }, [this] { Work(1); }};
  }
  std::string BrokenInvariant() override {
    return taken[0] + taken[1] == 3 ? "" : "not as many tokens as there are";
  }
  TokenBucket bucket{1, 3};
  unsigned taken[2] = {};
};

TEST(PoolsTest, TokensOfTwoThreads) {
  ExpectAllExplored(Explore<Tokens>({.preemptions = 4, .random_runs = 2000}),
                    "tokens");
}

struct Budget : Scenario {
  Budget() { budget.AddCache(); }
  void Work() {
    budget.AddCache();
    if (budget.TryReserve(60, 0)) {
      Require(budget.reserved() <= budget.bound(), "over the limit");
      budget.Return(60);
    }
    if (budget.TryReserve(40, 0)) budget.Return(40);
    budget.RemoveCache();
  }
  std::string BrokenInvariant() override {
    return budget.reserved() == 0 && budget.caches() == 1 ? "" : "not all back";
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }};
  }
  CacheBudget budget{/*limit=*/200, /*allowance=*/0};
};

TEST(PoolsTest, BudgetOfTwoThreads) {
  ExpectAllExplored(Explore<Budget>({.random_runs = 2000}), "budget");
}

}  // namespace
}  // namespace headroom::explore
