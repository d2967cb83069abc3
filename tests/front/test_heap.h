// A whole heap of its own, over a fake memory source, for tests.
//
// Role: wires the layers as the composition root does, with keys, page map,
//   central lists and caches that belong to nobody else; says in words which
//   invariant is broken. Needs no GoogleTest: for fuzzers and benchmarks too.
// Takes from: tests/system's memory source. Thread-safe as Heap is; the checks
//   want all threads at rest.
// Invariant: carved == live + cached + stacked + free in spans, per class.
#ifndef HEADROOM_TESTS_FRONT_TEST_HEAP_H_
#define HEADROOM_TESTS_FRONT_TEST_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "allocator/base/hardening.h"
#include "allocator/base/options.h"
#include "allocator/base/token_bucket.h"
#include "allocator/front/freed_mappings.h"
#include "allocator/front/heap.h"
#include "allocator/front/heap_stats.h"
#include "allocator/front/quarantine.h"
#include "allocator/system/cell_pool.h"
#include "allocator/thread/thread_registry.h"
#include "tests/block/test_keys.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {

class TestHeap {
 public:
  static constexpr size_t kDefaultBudget = size_t{64} << 20;
  // How many large blocks may be protected while the clock stands still.
  static constexpr uint32_t kProtections = 1000;

  explicit TestHeap(size_t cache_budget = kDefaultBudget,
                    size_t memory = size_t{8} << 30, uint64_t key_seed = 0,
                    const Options& hardening = {})
      : source(memory),
        options(hardening),
        keys(TestKeys(key_seed, /*hits_allowed=*/!ClosesHitPaths(hardening))),
        budget(cache_budget) {
    source.on_heap_growth = [this](MemoryRange range) { NoteRange(range); };
  }
  explicit TestHeap(const Options& hardening)
      : TestHeap(kDefaultBudget, size_t{8} << 30, 0, hardening) {}
  TestHeap(const TestHeap&) = delete;
  TestHeap& operator=(const TestHeap&) = delete;

  // The first broken invariant in words; empty when all hold.
  std::string BrokenInvariant();

  HeapStats Stats() {
    return CollectHeapStats(registry, central, pages, arena);
  }
  // Blocks of a class that are with the caller.
  uint64_t LiveBlocks(SizeClass size_class);
  uint64_t AllLiveBlocks();
  uint64_t LockAcquisitions();
  // Every free block to its span, every page that is free to the kernel.
  void ReleaseAll();

  static uint64_t Now() { return now_ms; }

  // A thread without a cache: before its first call, after its last.
  static inline constinit ThreadCache no_cache;
  static inline std::atomic<uint64_t> now_ms{1000000};

  // Nobody may protect a large block until the clock goes on.
  void SpendProtections() {
    while (protections.TryTake(now_ms)) {
    }
  }
  // Whether blocks are with the caller or in quarantine cannot be told from
  // the counts: this makes every block that is freed one of the latter.
  void EmptyQuarantine();

  // The layers, lowest first; the arena's source can fail alone.
  FakeMemorySource source;
  FakeMemorySource arena_source{size_t{2} << 30};
  MetadataArena arena{arena_source};
  CellPool cells{arena};
  PageMap map{arena};
  PageHeap pages{source, arena, map, &Now};
  const Options options;
  const SealKeys keys;
  CentralFreeLists lists;
  CentralCache central{lists, arena, cells, pages, map, keys, options};
  Scavenger scavenger{central, pages, &Now};
  CacheBudget budget;
  ThreadRegistry registry{arena, {central, scavenger, budget, cells, keys}};
  TokenBucket protections{kProtections, kProtections};
  FreedMappings freed;
  BlockFinder finder{map, keys, freed};
  LargeBlocks large{{pages, source, freed, protections, &Now, keys, options}};
  // Used by who chooses samples: the caches of tests never do by themselves.
  GuardPool guard{source, arena};
  TokenBucket samples{kProtections, kProtections};
  SampledBlocks sampled{guard, samples, &Now, keys, options};
  Quarantine quarantine{arena};
  Heap heap{{keys, options, central, finder, large, sampled, quarantine},
            [] { return (ThreadCache*)nullptr; }};

 private:
  void NoteRange(MemoryRange range);
  std::string BrokenPages();
  std::string BrokenSpan(const Span* span);

  std::vector<MemoryRange> ranges_;  // of the heap, neighbours joined
};

// A thread of the heap's: its calls go through a cache of its own. Belongs to
// one real thread at a time, but several may live in one.
class TestThread {
 public:
  explicit TestThread(TestHeap& heap)
      : heap_(heap), cache_(heap.registry.Attach()) {
    if (cache_ == nullptr) cache_ = &TestHeap::no_cache;
  }
  ~TestThread() { Exit(); }
  TestThread(const TestThread&) = delete;
  TestThread& operator=(const TestThread&) = delete;

  // What the end of a thread does; nothing stays parked. Calls still work
  // afterwards.
  void Exit() {
    if (!cache_->is_attached()) return;
    heap_.registry.Detach(cache_);
    heap_.registry.FlushParked(ParkedCaches::kEndOfTime);
    cache_ = &TestHeap::no_cache;
  }

  template <Origin kOrigin = Origin::kMalloc>
  void* Malloc(size_t bytes) {
    return heap_.heap.Allocate<kOrigin>(cache_, bytes);
  }
  void* Calloc(size_t bytes) {
    return heap_.heap.AllocateZeroed(cache_, bytes);
  }
  void* Memalign(size_t alignment, size_t bytes,
                 Origin origin = Origin::kMalloc) {
    return heap_.heap.AllocateAligned(cache_, alignment, bytes, origin);
  }
  void* Realloc(void* block, size_t bytes) {
    return heap_.heap.Reallocate(cache_, block, bytes);
  }
  template <Origin kOrigin = Origin::kMalloc>
  void Free(void* block) {
    heap_.heap.Free<kOrigin>(cache_, block);
  }
  template <Origin kOrigin = Origin::kMalloc>
  void FreeSized(void* block, size_t bytes) {
    heap_.heap.FreeSized<kOrigin>(cache_, block, bytes);
  }
  void FreeAlignedSized(void* block, size_t alignment, size_t bytes,
                        Origin origin = Origin::kMalloc) {
    heap_.heap.FreeAlignedSized(cache_, block, alignment, bytes, origin);
  }
  size_t UsableBytes(const void* block) {
    return heap_.heap.UsableBytes(block);
  }
  ThreadCache& cache() { return *cache_; }

 private:
  TestHeap& heap_;
  ThreadCache* cache_;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_FRONT_TEST_HEAP_H_
