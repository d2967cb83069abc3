// Where in its own memory a large block lies.
//
// Role: the one rule of it, for who makes the memory and who makes the block.
// Takes from: base, block. Gives to: page heap, front. Pure.
#ifndef HEADROOM_ALLOCATOR_PAGES_BLOCK_PLACE_H_
#define HEADROOM_ALLOCATOR_PAGES_BLOCK_PLACE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "allocator/block/size_classes.h"

namespace headroom {

struct BlockPlace {
  size_t alignment = kBlockAlignment;  // a power of two
  // As near to the memory's start as it can lie behind `front` bytes and its
  // header,
  size_t front = 0;
  // or, unless this is 0, as near to its end as it can lie with so many bytes
  // from its start to the memory's end.
  size_t from_end = 0;

  constexpr uintptr_t BlockIn(MemoryRange memory) const {
    const size_t step = std::max(alignment, kBlockAlignment);
    return from_end != 0 ? AlignDown(memory.end() - from_end, step)
                         : AlignUp(memory.start + front + kHeaderBytes, step);
  }
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_BLOCK_PLACE_H_
