// Two threads free one block at once. What is promised: a report, at the latest
// when the block would be anybody's for the second time; never two owners.
#include <atomic>
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

// The block's header is read and written by both at once: each access of it is
// a point where the other one may come in between.
struct DoubleFree : HeapScenario {
  explicit DoubleFree(size_t bytes) : bytes(bytes) {
    for (TestThread* thread : {&static_cast<TestThread&>(first),
                               &static_cast<TestThread&>(second)}) {
      thread->Free(thread->Malloc(bytes));
    }
    block = first->Malloc(bytes);
  }
  void Declare(Scheduler& scheduler) override {
    scheduler.DeclareRacy(reinterpret_cast<uintptr_t>(block) - kHeaderBytes,
                          kHeaderBytes);
  }
  // Who takes the block before the second free frees it makes that a free of
  // another one's block, which nobody can tell.
  void Meet() {
    const auto word = reinterpret_cast<uintptr_t>(&arrived);
    if (arrived.fetch_add(1) == 1) {
      Scheduler::current->Unpark(word, 1, 0);
    } else if (arrived.load() == 1) {
      Scheduler::current->Park(word, 1, 0);
    }
  }
  void FreeAndTake(TestThread& thread) {
    thread.Free(block);
    Meet();
    for (int i = 0; i < 2; ++i) {
      void* taken = thread.Malloc(bytes);
      live.Add(taken, bytes);
    }
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { FreeAndTake(first); }, [this] { FreeAndTake(second); }};
  }
  bool MayReport(const std::string& report) override {
    return report.starts_with("double free") ||
           report.starts_with("corrupt free block");
  }
  // Nobody took it from the other one's magazine: it is reported when that is
  // flushed, and the block returned for the second time.
  std::string BrokenInvariant() override {
    return "two frees of one block, and no report";
  }
  const size_t bytes;
  LastingThread first{heap};
  LastingThread second{heap};
  void* block;
  std::atomic<uint32_t> arrived{0};
};

TEST(DoubleFreeTest, ThroughMagazines) {
  const Findings found =
      Explore<DoubleFree>({.random_runs = 2000}, size_t{100});
  ExpectAllExplored(found, "double free");
  EXPECT_GT(found.reported, 0u);
}

}  // namespace
}  // namespace headroom::explore
