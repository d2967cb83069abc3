// A whole heap, new in every run, and what must hold for the blocks it gives.
//
// Role: what the scenarios of the heap have in common. Blocks are written to by
//   their owners, so that a block handed over without order is a race; two
//   owners of one byte end the run.
// Takes from: explorer, tests/front's heap. Gives to: tests.
#ifndef HEADROOM_TESTS_EXPLORE_HEAP_SCENARIO_H_
#define HEADROOM_TESTS_EXPLORE_HEAP_SCENARIO_H_

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/explorer.h"
#include "tests/front/test_heap.h"

namespace headroom::explore {

// Blocks that have an owner now.
class LiveBlocks {
 public:
  void Add(const void* block, size_t bytes) {
    const Quiet quiet;
    const auto start = reinterpret_cast<uintptr_t>(block);
    const auto next = blocks_.lower_bound(start);
    Require(next == blocks_.end() || start + bytes <= next->first,
            "two live blocks overlap");
    Require(next == blocks_.begin() ||
                std::prev(next)->first + std::prev(next)->second <= start,
            "two live blocks overlap");
    blocks_[start] = bytes;
  }
  void Remove(const void* block) {
    const Quiet quiet;
    blocks_.erase(reinterpret_cast<uintptr_t>(block));
  }
  size_t count() const { return blocks_.size(); }

 private:
  std::map<uintptr_t, size_t> blocks_;
};

// Of a class whose first magazine holds one block, and whose batches of one go
// to the spans; of one whose batches of one go to the shards' stacks; larger
// than any class; larger than any span.
inline constexpr size_t kSpanBytes = 1000;
inline constexpr size_t kStackedBytes = 16000;
inline constexpr size_t kLargeBytes = 40000;
inline constexpr size_t kMappedBytes = size_t{5} << 20;

// A thread of the heap's that lives as long as it. It does not end by itself: a
// run may have been cut short in the middle of one of its calls.
class LastingThread {
 public:
  explicit LastingThread(TestHeap& heap) : thread_(heap) {}
  ~LastingThread() {}  // NOLINT: of a union's member
  LastingThread(const LastingThread&) = delete;
  LastingThread& operator=(const LastingThread&) = delete;

  operator TestThread&() { return thread_; }  // NOLINT: is one
  TestThread* operator->() { return &thread_; }

 private:
  union {
    TestThread thread_;
  };
};

class HeapScenario : public Scenario {
 public:
  explicit HeapScenario(size_t cache_budget = TestHeap::kDefaultBudget,
                        const Options& options = {})
      : heap(cache_budget, size_t{1} << 30, 0, options) {}

  std::string BrokenInvariant() override {
    const std::string broken = heap.BrokenInvariant();
    if (!broken.empty()) return broken;
    const uint64_t expected = ExpectedSmallBlocks();
    if (heap.AllLiveBlocks() != expected) {
      return std::to_string(heap.AllLiveBlocks()) + " small blocks live, not " +
             std::to_string(expected);
    }
    return "";
  }
  // How many blocks of size classes are with the scenario at the end.
  virtual uint64_t ExpectedSmallBlocks() { return live.count(); }

  // A block with an owner, written to.
  char* Take(TestThread& thread, size_t bytes) {
    void* block = thread.Malloc(bytes);
    Require(block != nullptr, "out of memory");
    live.Add(block, bytes);
    auto* data = static_cast<char*>(block);
    data[0] = data[bytes - 1] = 'x';
    return data;
  }
  void Give(TestThread& thread, char* block) {
    live.Remove(block);
    thread.Free(block);
  }

  TestHeap heap;
  LiveBlocks live;
};

inline void ExpectAllExplored(const Findings& found, const char* name) {
  printf("%s: %s", name, found.Summary().c_str());
  EXPECT_FALSE(found.failed);
  EXPECT_TRUE(found.complete || found.replayed);
}

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_HEAP_SCENARIO_H_
