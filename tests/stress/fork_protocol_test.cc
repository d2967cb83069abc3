// fork while another thread provably holds a lock: each lock in turn, over a
// kernel that keeps a call waiting.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "allocator/central/scavenger.h"
#include "allocator/front/heap.h"
#include "allocator/front/heap_stats.h"
#include "allocator/system/system_heap.h"
#include "allocator/thread/thread_registry.h"
#include "gtest/gtest.h"
#include "tests/block/test_keys.h"
#include "tests/stress/pattern.h"

namespace headroom {
namespace {

// Real memory without a break of its own; a closed gate keeps the calls that
// ask for memory inside, with all the locks their callers hold.
class GatedOs final : public Os {
 public:
  std::atomic<bool> sbrk_open{true};
  std::atomic<bool> map_open{true};
  std::atomic<bool> somebody_waits{false};

  GatedOs() {
    break_ = reinterpret_cast<uintptr_t>(
        mmap(nullptr, kBreakBytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  }

  uintptr_t Sbrk(intptr_t increment) override {
    if (increment == 0) return break_;
    WaitFor(sbrk_open);
    break_ += static_cast<uintptr_t>(increment);
    return break_ - static_cast<uintptr_t>(increment);
  }
  uintptr_t KernelBreak() override { return break_; }
  uintptr_t Map(size_t bytes) override {
    WaitFor(map_open);
    void* start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return start == MAP_FAILED ? 0 : reinterpret_cast<uintptr_t>(start);
  }
  bool Unmap(uintptr_t start, size_t bytes) override {
    return munmap(reinterpret_cast<void*>(start), bytes) == 0;
  }
  uintptr_t Remap(uintptr_t, size_t, size_t) override { return 0; }
  uintptr_t Move(uintptr_t, size_t, size_t, uintptr_t) override { return 0; }
  bool Decommit(uintptr_t start, size_t bytes) override {
    return madvise(reinterpret_cast<void*>(start), bytes, MADV_DONTNEED) == 0;
  }
  bool Protect(uintptr_t start, size_t bytes, bool accessible) override {
    return mprotect(reinterpret_cast<void*>(start), bytes,
                    accessible ? PROT_READ | PROT_WRITE : PROT_NONE) == 0;
  }

 private:
  static constexpr size_t kBreakBytes = size_t{1} << 32;

  void WaitFor(const std::atomic<bool>& gate) {
    while (!gate) {
      somebody_waits = true;
      std::this_thread::yield();
    }
  }

  uintptr_t break_;
};

uint64_t NoTime() { return 1000; }

// Wired as the composition root does, down to the kernel's calls.
struct ForkableHeap {
  GatedOs os;
  SystemHeap system{os};
  MetadataArena arena{system};
  CellPool cells{arena};
  PageMap map{arena};
  PageHeap pages{system, arena, map, &NoTime};
  const Options options;
  const SealKeys keys = TestKeys(3);
  CentralFreeLists lists;
  CentralCache central{lists, arena, cells, pages, map, keys, options};
  Scavenger scavenger{central, pages, &NoTime};
  CacheBudget budget{size_t{64} << 20};
  ThreadRegistry registry{arena, {central, scavenger, budget, cells, keys}};
  TokenBucket protections{1000, 1000};
  FreedMappings freed;
  BlockFinder finder{map, keys, freed};
  LargeBlocks large{
      {pages, system, freed, protections, &NoTime, keys, options}};
  GuardPool guard{system, arena};
  TokenBucket samples{1000, 1000};
  SampledBlocks sampled{guard, samples, &NoTime, keys, options};
  Quarantine quarantine{arena};
  Heap heap{{keys, options, central, finder, large, sampled, quarantine},
            [] { return (ThreadCache*)nullptr; }};

  void AcquireAll() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    registry.AcquireForFork();
    quarantine.AcquireForFork();
    central.AcquireForFork();
    guard.AcquireForFork();
    pages.AcquireForFork();
    cells.AcquireForFork();
    arena.AcquireForFork();
    system.AcquireForFork();
  }
  void ReleaseAll(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    system.ReleaseAfterFork(in_child);
    arena.ReleaseAfterFork(in_child);
    cells.ReleaseAfterFork(in_child);
    pages.ReleaseAfterFork(in_child);
    guard.ReleaseAfterFork(in_child);
    central.ReleaseAfterFork(in_child);
    quarantine.ReleaseAfterFork(in_child);
    registry.ReleaseAfterFork(in_child);
  }
};

class ForkProtocolTest : public ::testing::Test {
 protected:
  // Every layer has worked once, and every class has a list with batches.
  ForkProtocolTest() { EXPECT_TRUE(Work()); }

  bool Work() {
    ThreadCache* cache = heap_->registry.Attach();
    if (cache == nullptr) return false;
    bool good = true;
    std::vector<std::pair<void*, size_t>> blocks;
    for (size_t i = 0; i < 400; ++i) {
      const size_t bytes = i % 40 == 39 ? i * 20000 : i * 60;
      void* block = heap_->heap.Allocate(cache, bytes);
      if (block == nullptr) return false;
      FillPattern(block, bytes, PatternOf(block, bytes));
      blocks.push_back({block, bytes});
    }
    for (const auto& [block, bytes] : blocks) {
      good &= HasPattern(block, bytes, PatternOf(block, bytes));
      heap_->heap.Free(cache, block);
    }
    heap_->registry.Detach(cache);
    return good;
  }

  // For when no other thread is in the heap.
  bool WorkLeavesNothing() {
    const bool good = Work();
    heap_->registry.FlushParked(ParkedCaches::kEndOfTime);
    heap_->central.Scavenge(/*all=*/true);
    const HeapStats stats = CollectHeapStats(heap_->registry, heap_->central,
                                             heap_->pages, heap_->arena);
    return good && stats.small_cached == 0 && stats.small_central == 0;
  }

  // The next byte of metadata needs a mapping.
  void UseUpArena() {
    for (;;) {
      const MetadataArenaStats stats = heap_->arena.stats();
      if (heap_->arena.Allocate(4000, 1) == nullptr) return;
      if (heap_->arena.stats().held_bytes != stats.held_bytes) break;
    }
    // A fresh chunk: use all of it.
    constexpr size_t kGap = MetadataArena::kGapBytes;
    for (size_t left = kArenaChunkBytes - 4000 - kGap; left > kGap;) {
      const size_t bytes = std::min<size_t>(left - kGap, 4000);
      heap_->arena.Allocate(bytes, 1);
      left -= bytes + kGap;
    }
  }

  // `hold` runs in a thread of its own into the closed `gate`. Meanwhile this
  // thread forks; child and parent must both find a heap that works.
  void ForkWhile(std::atomic<bool>& gate, const std::function<void()>& hold) {
    gate = false;
    // Both threads live on until the fork is over: one that has ended, but that
    // nobody has joined yet, would be the child's to join.
    std::atomic<bool> forked{false};
    std::thread holder([&] {
      hold();
      forked.wait(false);
    });
    while (!heap_->os.somebody_waits) std::this_thread::yield();
    std::atomic<bool> acquired{false};
    std::thread opener([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      // Somebody inside holds a lock, and so the fork has to wait.
      EXPECT_FALSE(acquired);
      gate = true;
      forked.wait(false);
    });
    heap_->AcquireAll();
    acquired = true;
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      heap_->ReleaseAll(/*in_child=*/true);
      const bool good = WorkLeavesNothing() && GrandchildWorks();
      _exit(good ? 0 : 1);
    }
    forked = true;
    forked.notify_all();
    heap_->ReleaseAll(/*in_child=*/false);
    EXPECT_TRUE(Work());
    ExpectExit(child);
    holder.join();
    opener.join();
    EXPECT_TRUE(WorkLeavesNothing());
  }

  bool GrandchildWorks() {
    heap_->AcquireAll();
    const pid_t child = fork();
    heap_->ReleaseAll(child == 0);
    if (child == 0) _exit(WorkLeavesNothing() ? 0 : 1);
    int status = 0;
    return waitpid(child, &status, 0) == child && status == 0 &&
           WorkLeavesNothing();
  }
  static void ExpectExit(pid_t child) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }

  std::unique_ptr<ForkableHeap> heap_ = std::make_unique<ForkableHeap>();
};

TEST_F(ForkProtocolTest, RegistryAndArena) {
  UseUpArena();
  ForkWhile(heap_->os.map_open, [this] {
    std::vector<ThreadCache*> caches;
    // One more than the pool has.
    for (int i = 0; i < 3; ++i) caches.push_back(heap_->registry.Attach());
    for (ThreadCache* cache : caches) heap_->registry.Detach(cache);
  });
}

TEST_F(ForkProtocolTest, CentralListAndArena) {
  // A class that never stacked a block takes room for it under its lock.
  const auto size_class = static_cast<SizeClass>(kSizeClassCount - 1);
  auto fresh = std::make_unique<ForkableHeap>();
  heap_.swap(fresh);
  void* block;
  ASSERT_EQ(heap_->central.TakeFromNewSpan(size_class, 0, &block, 1), 1u);
  UseUpArena();
  ForkWhile(heap_->os.map_open,
            [&] { heap_->central.Put(size_class, 0, &block, 1); });
}

TEST_F(ForkProtocolTest, PageHeapAndSystemHeap) {
  ForkWhile(heap_->os.sbrk_open, [this] {
    std::vector<Span*> spans;
    for (int i = 0; i < 100; ++i) {
      spans.push_back(heap_->pages.NewSpan(PageCount{1000}, SpanUse::kLarge));
    }
    for (Span* span : spans) heap_->pages.DeleteSpan(span);
  });
}

TEST_F(ForkProtocolTest, PageHeapAndArena) {
  UseUpArena();
  ForkWhile(heap_->os.map_open, [this] {
    // More records than the pool has.
    std::vector<Span*> spans;
    for (int i = 0; i < 2000; ++i) {
      spans.push_back(heap_->pages.NewSpan(PageCount{1}, SpanUse::kLarge));
    }
    for (Span* span : spans) heap_->pages.DeleteSpan(span);
  });
}

// A lock that threads wait for at the moment of fork: nobody wakes them in the
// child, and nobody has to.
TEST_F(ForkProtocolTest, ALockWithWaiters) {
  const std::vector<std::function<void()>> calls = {
      [this] { heap_->registry.cache_count(); },
      [this] {
        Quarantine::Block out[Quarantine::kMostOut];
        heap_->quarantine.Shrink(0, out);
      },
      [this] { heap_->central.stats(0); },
      [this] { heap_->central.stats(kSizeClassCount - 1); },
      [this] { heap_->pages.stats(); },
      [this] { heap_->cells.Free(heap_->cells.Allocate(1), 1); },
      [this] { heap_->arena.stats(); },
      [this] { heap_->system.stats(); },
  };
  heap_->AcquireAll();
  std::vector<std::atomic<int>> done(calls.size());
  std::vector<std::thread> waiters;
  for (size_t i = 0; i < 3 * calls.size(); ++i) {
    waiters.emplace_back([&calls, &done, i] {
      calls[i % calls.size()]();
      ++done[i % calls.size()];
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  for (size_t i = 0; i < done.size(); ++i) {
    EXPECT_EQ(done[i], 0) << "call " << i << " found its lock free";
  }
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    heap_->ReleaseAll(/*in_child=*/true);
    _exit(WorkLeavesNothing() ? 0 : 1);
  }
  heap_->ReleaseAll(/*in_child=*/false);
  ExpectExit(child);
  for (std::thread& waiter : waiters) waiter.join();
}

}  // namespace
}  // namespace headroom
