// A whole heap over a kernel of the fuzzer's: what allocator.cc wires for the
// process, wired anew for each input.
//
// Role: every layer, real; the clock's hands and the threads are the input's.
//   Tight budget, so that inputs soon meet its edge.
// Takes from: front and all below, fuzz_os. Gives to: the targets' states.
#ifndef FUZZ_WORLD_HEAP_UNDER_TEST_H_
#define FUZZ_WORLD_HEAP_UNDER_TEST_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/hardening.h"
#include "allocator/base/options.h"
#include "allocator/base/token_bucket.h"
#include "allocator/front/freed_mappings.h"
#include "allocator/front/heap.h"
#include "allocator/front/heap_stats.h"
#include "allocator/front/quarantine.h"
#include "allocator/system/cell_pool.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/system_heap.h"
#include "allocator/thread/thread_registry.h"
#include "fuzz/world/fuzz_os.h"
#include "tests/block/test_keys.h"

namespace headroom {

struct HeapUnderTest {
  static constexpr size_t kBudgetBytes = size_t{256} << 10;

  // A few large blocks may be protected, then none for a while.
  static constexpr uint32_t kProtectionsPerSecond = 50;
  static constexpr uint32_t kProtectionBurst = 20;

  // `attach` and `clock` as Heap and PageHeap want them.
  HeapUnderTest(const Options& hardening, Heap::AttachFunction attach,
                MillisecondClock clock)
      : pages(system, arena, map, clock),
        options(hardening),
        // Fixed, so that an input does the same today and tomorrow.
        keys(TestKeys(1, /*hits_allowed=*/!ClosesHitPaths(hardening))),
        scavenger(central, pages, clock),
        large({pages, system, freed, protections, clock, keys, options}),
        sampled(guard, samples, clock, keys, options),
        heap({keys, options, central, finder, large, sampled, quarantine},
             attach) {}

  // As allocator.cc does, and the kernel's lock last.
  void AcquireForFork() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    registry.AcquireForFork();
    quarantine.AcquireForFork();
    central.AcquireForFork();
    guard.AcquireForFork();
    pages.AcquireForFork();
    cells.AcquireForFork();
    arena.AcquireForFork();
    system.AcquireForFork();
    os.AcquireForFork();
  }
  void ReleaseAfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    os.ReleaseAfterFork();
    system.ReleaseAfterFork(in_child);
    arena.ReleaseAfterFork(in_child);
    cells.ReleaseAfterFork(in_child);
    pages.ReleaseAfterFork(in_child);
    guard.ReleaseAfterFork(in_child);
    central.ReleaseAfterFork(in_child);
    quarantine.ReleaseAfterFork(in_child);
    registry.ReleaseAfterFork(in_child);
  }

  FuzzOs os;
  SystemHeap system{os};
  MetadataArena arena{system};
  CellPool cells{arena};
  PageMap map{arena};
  PageHeap pages;
  const Options options;
  const SealKeys keys;
  CentralFreeLists lists;
  CentralCache central{lists, arena, cells, pages, map, keys, options};
  Scavenger scavenger;
  CacheBudget budget{kBudgetBytes};
  ThreadRegistry registry{arena, {central, scavenger, budget, cells, keys}};
  TokenBucket protections{kProtectionsPerSecond, kProtectionBurst};
  FreedMappings freed;
  BlockFinder finder{map, keys, freed};
  LargeBlocks large;
  GuardPool guard{system, arena};
  TokenBucket samples{kProtectionsPerSecond, kProtectionBurst};
  SampledBlocks sampled;
  Quarantine quarantine{arena};
  const Heap heap;
};

// Gives what is in quarantine to the central lists.
inline void EmptyQuarantine(HeapUnderTest& heap) {
  Quarantine::Block out[Quarantine::kMostOut];
  while (const uint32_t count = heap.quarantine.Shrink(0, out)) {
    for (uint32_t i = 0; i < count; ++i) {
      const auto [block, size_class] = out[i];
      const BlockSeal seal(heap.keys, block);
      const uint64_t payload = PayloadOfClass(size_class);
      // What was damaged stays out.
      if (!seal.Is(heap.keys.quarantined(), payload, HeaderOf(block))) continue;
      HeaderOf(block) = seal.Seal(heap.keys.free(), payload);
      heap.central.Put(size_class, 0, &block, 1);
    }
  }
}

}  // namespace headroom

#endif  // FUZZ_WORLD_HEAP_UNDER_TEST_H_
