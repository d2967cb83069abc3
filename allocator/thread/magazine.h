// One thread's free blocks of one size class.
//
// Role: a stack of pointers, out of every user's reach: no link lies in a
//   block.
// Takes from: block. Gives to: thread_cache.
// Thread-safety: only the owner calls; other threads may read the count.
// Invariant: cells <= top <= limit; cells[0] is kNoBlock; the blocks are in
//   cells[1] to *top.
#ifndef HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_
#define HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_

#include <cstdint>

#include "allocator/base/relaxed_pointer.h"
#include "allocator/block/block_payload.h"

namespace headroom {

// What lies at the bottom of every magazine: nobody's block, whose word never
// opens. So a pop from an empty magazine fails like one of a damaged block,
// and the hit path needs no test for empty.
struct alignas(kBlockAlignment) NoBlock {
  uint64_t unused = 0;
  uint64_t header = 0;
  char payload[kBlockAlignment] = {};
};
inline constexpr NoBlock kNoBlockStorage;
inline constexpr void* kNoBlock = const_cast<char*>(kNoBlockStorage.payload);

// The cells of a magazine that is closed: empty and full.
inline constexpr void* kClosedCells[1] = {kNoBlock};

struct Magazine {
  RelaxedPointer<void*> top{ClosedCells()};  // the last block's cell
  void** limit = ClosedCells();              // the last cell
  RelaxedPointer<void*> cells{ClosedCells()};
  uint32_t misses = 0;  // since the last look for idle classes

  // The cells of a closed magazine are read-only, and never written to.
  static constexpr void** ClosedCells() {
    return const_cast<void**>(kClosedCells);
  }
  bool is_closed() const { return cells.Get() == ClosedCells(); }
  uint32_t capacity() const {
    return static_cast<uint32_t>(limit - cells.Get());
  }
  // From other threads, while the owner is in a call: any number.
  uint32_t blocks() const {
    return static_cast<uint32_t>(top.Get() - cells.Get());
  }

  void Close() {
    top.Set(ClosedCells());
    limit = ClosedCells();
    cells.Set(ClosedCells());
  }
};
static_assert(sizeof(Magazine) == 1u << kSlotShift,
              "a payload is a magazine's offset");

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_THREAD_MAGAZINE_H_
