// From any pointer to what lies there: which block, how large, whose.
//
// Role: the cold way to look at a pointer, when the hit path could not make
//   sense of it; decides which misuse it was.
// Takes from: pages, block. Gives to: heap. Thread-safe, takes no lock.
#ifndef HEADROOM_ALLOCATOR_FRONT_BLOCK_FINDER_H_
#define HEADROOM_ALLOCATOR_FRONT_BLOCK_FINDER_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/misuse.h"
#include "allocator/block/block_payload.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"

namespace headroom {

struct FoundBlock {
  Span* span;
  void* start;    // of the block: what its span's grid says
  uint32_t slot;  // of the header in front of the pointer
  Origin origin;
  size_t usable_bytes;  // from the pointer on
};

class BlockFinder {
 public:
  constexpr BlockFinder(const PageMap& map, const SealKeys& keys)
      : map_(map), keys_(keys) {}

  // Finds the live block that `pointer` was returned for. Aborts with a
  // report when there is none: `misuse`, or a better word for it.
  FoundBlock Find(const void* pointer, Misuse misuse) const;

 private:
  [[noreturn, gnu::cold]] void Report(const Span* span, const void* pointer,
                                      Misuse misuse) const;

  const PageMap& map_;
  const SealKeys& keys_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_BLOCK_FINDER_H_
