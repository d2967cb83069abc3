// An intrusive list of free blocks whose links live in the sealed headers.
//
// Role: push and pop in O(1); nothing of it lies in a block's payload. Every
//   pop proves that the block's own word is genuine before handing it out.
// Takes from: block_header. Gives to: central's spans and batches, thread's
//   magazines. Not thread-safe: the owner's lock or thread protects it.
#ifndef HEADROOM_ALLOCATOR_BLOCK_FREE_LIST_H_
#define HEADROOM_ALLOCATOR_BLOCK_FREE_LIST_H_

#include <cstdint>

#include "allocator/base/misuse.h"
#include "allocator/base/units.h"
#include "allocator/block/block_header.h"

namespace headroom {

// What follows a chain's last block: nobody's block, whose word never opens.
// So a pop from an empty chain fails like one from a damaged chain, and the
// hit path needs no test for null.
struct alignas(kBlockAlignment) EndBlock {
  uint64_t unused = 0;
  uint64_t header = 0;
  char payload[kBlockAlignment] = {};
};
inline constexpr EndBlock kEndBlock;
inline constexpr void* kListEnd = const_cast<char*>(kEndBlock.payload);

// A chain of `count` free blocks; `head` is kListEnd when count is 0.
struct Batch {
  void* head = kListEnd;
  uint32_t count = 0;
};

// Makes `block` free and the head of the chain that `head` (perhaps kListEnd)
// began.
inline void* PushFree(const SealKeys& keys, void* block, void* head) {
  HeaderOf(block) = BlockSeal(keys, block).SealFree(head);
  return block;
}

// The block after `block`. Aborts when the word of `block` is not the one it
// was given when it became free.
inline void* NextFree(const SealKeys& keys, void* block) {
  const BlockSeal::Free opened =
      BlockSeal(keys, block).OpenFree(HeaderOf(block));
  if (!opened.ok) [[unlikely]] {
    ReportMisuse(Misuse::kCorruptFreeBlock, block);
  }
  return opened.next;
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_FREE_LIST_H_
