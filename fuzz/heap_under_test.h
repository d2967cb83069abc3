// A whole heap over a kernel of the fuzzer's: what allocator.cc wires for the
// process, wired anew for each input.
//
// Role: every layer, real; the clock's hands and the threads are the input's.
//   Tight budget, so that inputs soon meet its edge.
// Takes from: front and all below, fuzz_os. Gives to: heap_state.
#ifndef FUZZ_HEAP_UNDER_TEST_H_
#define FUZZ_HEAP_UNDER_TEST_H_

#include <cstddef>
#include <cstdint>

#include "allocator/front/heap.h"
#include "allocator/front/heap_stats.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/system_heap.h"
#include "allocator/thread/thread_registry.h"
#include "fuzz/fuzz_os.h"

namespace headroom {

struct HeapUnderTest {
  static constexpr size_t kBudgetBytes = size_t{256} << 10;

  // `attach` and `clock` as Heap and PageHeap want them.
  HeapUnderTest(Heap::AttachFunction attach, MillisecondClock clock)
      : pages(system, arena, map, clock),
        scavenger(central, pages, clock),
        heap(keys, central, finder, large, attach) {}

  FuzzOs os;
  SystemHeap system{os};
  MetadataArena arena{system};
  PageMap map{arena};
  PageHeap pages;
  // Fixed, so that an input does the same today and tomorrow.
  const SealKeys keys = MakeSealKeys(
      {0x8d1f3a5b7c9e2461u, 0xf1e2d3c4b5a69788u, 0x13579bdf02468aceu});
  CentralFreeLists lists;
  CentralCache central{lists, arena, pages, map, keys};
  Scavenger scavenger;
  CacheBudget budget{kBudgetBytes};
  ThreadRegistry registry{arena, {central, scavenger, budget, keys}};
  BlockFinder finder{map, keys};
  LargeBlocks large{pages, keys};
  const Heap heap;
};

}  // namespace headroom

#endif  // FUZZ_HEAP_UNDER_TEST_H_
