// What lies at an address, for people to read: which block, in which state.
//
// Role: the only file of the report that knows the heap's own records. Looks,
//   never judges, never aborts: the heap may be damaged, so whatever the
//   program can write is read safely and only metadata is trusted.
// Takes from: pages, block. Gives to: misuse_report, heap_faults. Takes no
//   lock: another thread may change what was seen.
#ifndef HEADROOM_ALLOCATOR_REPORT_HEAP_INSPECTOR_H_
#define HEADROOM_ALLOCATOR_REPORT_HEAP_INSPECTOR_H_

#include <cstddef>
#include <cstdint>

#include "allocator/block/block_header.h"
#include "allocator/front/freed_mappings.h"
#include "allocator/pages/page_map.h"

namespace headroom {

struct BlockFacts {
  enum class Kind : uint8_t {
    kNone,          // no memory of this heap
    kFreePages,     // in no block: start and bytes are the pages'
    kFreedMapping,  // was a block; the kernel may have given it away since
    kSmall,
    kAligned,  // inside of a small block, at an address with more alignment
    kLarge,
    kMapping,
  };
  enum class State : uint8_t {
    kLive,
    kFree,
    kDamaged,  // its header opens in no state
  };

  Kind kind = Kind::kNone;
  State state = State::kFree;
  uintptr_t start = 0;      // what malloc returned
  size_t usable_bytes = 0;  // from there
};

class HeapInspector {
 public:
  constexpr HeapInspector(const PageMap& map, const FreedMappings& freed,
                          const SealKeys& keys)
      : map_(map), freed_(freed), keys_(keys) {}

  // Any address will do.
  BlockFacts Inspect(uintptr_t address) const;

  // The small block whose end meets the header in front of `start`: who
  // overruns writes there. kNone when there is none.
  BlockFacts InFrontOf(uintptr_t start) const;

 private:
  BlockFacts InspectSmall(const Span& span, uintptr_t address) const;
  BlockFacts InspectLarge(const Span& span) const;
  // The payload of the live header in front of `start`, or -1.
  int64_t LivePayload(uintptr_t start) const;
  bool IsFree(uintptr_t start) const;

  const PageMap& map_;
  const FreedMappings& freed_;
  const SealKeys& keys_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_HEAP_INSPECTOR_H_
