// fork while other threads are anywhere: the child, where only the forking
// thread goes on and every other one has stopped for good, finds a heap that
// works.
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

struct Fork : HeapScenario {
  explicit Fork(bool in_child) : in_child(in_child) {
    forking->Free(forking->Malloc(kStackedBytes));
  }

  // As the composition root does it; the source's lock is the kernel's here.
  void AcquireAll() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    heap.registry.AcquireForFork();
    heap.quarantine.AcquireForFork();
    heap.central.AcquireForFork();
    heap.guard.AcquireForFork();
    heap.pages.AcquireForFork();
    heap.cells.AcquireForFork();
    heap.arena.AcquireForFork();
  }
  void ReleaseAll() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    heap.arena.ReleaseAfterFork(in_child);
    heap.cells.ReleaseAfterFork(in_child);
    heap.pages.ReleaseAfterFork(in_child);
    heap.guard.ReleaseAfterFork(in_child);
    heap.central.ReleaseAfterFork(in_child);
    heap.quarantine.ReleaseAfterFork(in_child);
    heap.registry.ReleaseAfterFork(in_child);
  }

  // Every lock, once; in the child no block of a living thread comes twice.
  void WorkAfterFork() {
    char* small = Take(forking, kSpanBytes);
    char* stacked = Take(forking, kStackedBytes);
    void* large = forking->Malloc(kLargeBytes);
    Require(large != nullptr, "no large block after fork");
    forking->Free(large);
    Give(forking, small);
    Give(forking, stacked);
    heap.guard.Free(heap.guard.Allocate(100, 16, {}), {});
    Quarantine::Block out[Quarantine::kMostOut];
    heap.quarantine.Shrink(0, out);
    forking->Exit();
    heap.registry.cache_count();
  }
  void DoFork() {
    AcquireAll();
    if (in_child) Scheduler::current->StopOthers();
    ReleaseAll();
    if (in_child) heap.registry.ForgetAllBut(&forking->cache());
    WorkAfterFork();
    if (in_child) {
      Require(heap.budget.reserved() == 0, "the dead threads' budget is kept");
    }
  }

  // What the others do meanwhile.
  virtual void Work() {
    TestThread thread(heap);
    char* block = Take(thread, kSpanBytes);
    Give(thread, block);
    char* stacked = Take(thread, kStackedBytes);
    Give(thread, stacked);
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { DoFork(); }};
  }
  // In a child, what others had in their hands is lost: blocks, caches, even a
  // span on its way.
  std::string BrokenInvariant() override {
    if (!in_child) return HeapScenario::BrokenInvariant();
    return heap.source.abused ? "memory source abused" : "";
  }

  const bool in_child;
  LastingThread forking{heap};
};

// The pool of sampled blocks is being made when the fork comes.
struct ForkAndGuard : Fork {
  using Fork::Fork;
  void Work() override {
    void* block = heap.guard.Allocate(50, 16, {});
    if (block != nullptr) heap.guard.Free(block, {});
  }
};

TEST(ForkTest, TheChild) {
  ExpectAllExplored(
      Explore<Fork>({.preemptions = 1, .random_runs = 2000}, true), "child");
}

TEST(ForkTest, TheParent) {
  ExpectAllExplored(
      Explore<Fork>({.preemptions = 1, .random_runs = 1000}, false), "parent");
}

TEST(ForkTest, TheChildWhileThePoolIsMade) {
  ExpectAllExplored(
      Explore<ForkAndGuard>({.preemptions = 1, .random_runs = 1000}, true),
      "child, guard pool");
}

}  // namespace
}  // namespace headroom::explore
