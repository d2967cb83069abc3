// Central lists over a page heap over a kernel of the fuzzer's, and the few
// size classes that an input is about.
//
// Role: every layer up to central/, real; the clock's hands are the input's.
// Takes from: central and all below, fuzz_os. Gives to: the targets of central/
//   and thread/.
#ifndef FUZZ_WORLD_CENTRAL_UNDER_TEST_H_
#define FUZZ_WORLD_CENTRAL_UNDER_TEST_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/options.h"
#include "allocator/central/central_cache.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/page_map.h"
#include "allocator/system/cell_pool.h"
#include "allocator/system/clock.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/system_heap.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/engine/require.h"
#include "fuzz/world/fuzz_os.h"
#include "tests/block/test_keys.h"

namespace headroom {

// Few classes, so that an input comes back to them; all of them over time.
struct ClassSetup {
  uint32_t first_class;
  uint32_t class_count;
  bool zero_on_free;

  static ClassSetup Read(ByteReader& bytes) {
    const uint32_t first = bytes.Byte() % kSizeClassCount;
    const uint8_t more = bytes.Byte();
    return {first, 1u + more % 4, more >= 192};
  }
  OperationText Describe() const {
    return {"ClassSetup",
            {{"first_class", first_class},
             {"class_count", class_count},
             {"zero_on_free", zero_on_free}}};
  }

  // Any number, as one of these classes.
  SizeClass Class(uint32_t number) const {
    return static_cast<SizeClass>((first_class + number % class_count) %
                                  kSizeClassCount);
  }
};

struct CentralUnderTest {
  CentralUnderTest(const ClassSetup& setup, MillisecondClock clock)
      : classes(setup), pages(system, arena, map, clock) {
    options.zero_on_free = setup.zero_on_free ? 1 : 0;
  }

  // The spans that the classes hold are those in use.
  void CheckSpans() {
    size_t in_use = 0;
    for (uint32_t i = 0; i < classes.class_count; ++i) {
      const SizeClass size_class = classes.Class(i);
      const CentralStats stats = central.stats(size_class);
      in_use += stats.spans * kSizeClasses[size_class].pages_per_span;
      Require((stats.spans == 0) == (stats.carved_blocks == 0),
              "a span without a block cut from it goes back");
    }
    Require(pages.stats().in_use.value == in_use,
            "spans belong to a class or are free");
  }

  const ClassSetup classes;
  FuzzOs os;
  SystemHeap system{os};
  MetadataArena arena{system};
  CellPool cells{arena};
  PageMap map{arena};
  PageHeap pages;
  Options options;
  // Fixed, so that an input does the same today and tomorrow.
  const SealKeys keys = TestKeys(1);
  CentralFreeLists lists;
  CentralCache central{lists, arena, cells, pages, map, keys, options};
};

}  // namespace headroom

#endif  // FUZZ_WORLD_CENTRAL_UNDER_TEST_H_
