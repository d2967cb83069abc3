// Free blocks waiting for the threads that sent them, one stack a shard.
//
// Role: a block goes back to whom it came from, lines and all; stealing from
//   another shard comes last. Stacks of pointers in rings, so that the oldest
//   can leave at the bottom.
// Takes from: metadata arena. Gives to: central_free_list. Lock: the owner's.
// Invariant: blocks() == sum of the stacks' sizes.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_BLOCK_STACKS_H_
#define HEADROOM_ALLOCATOR_CENTRAL_BLOCK_STACKS_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "allocator/block/size_classes.h"
#include "allocator/system/metadata_arena.h"

namespace headroom {

inline constexpr uint32_t kShardCount = 16;
static_assert(IsPowerOfTwo(kShardCount));

// How many blocks of a class one stack may hold: a power of two.
uint32_t StackCapacity(SizeClass size_class);

class BlockStacks {
 public:
  // Without room the stacks stay empty: most classes of a small process never
  // send a block back.
  constexpr BlockStacks() = default;

  // Pushes the first of `count` blocks, as many as there is room for; returns
  // how many. `capacity` is the class's.
  uint32_t Push(MetadataArena& arena, uint32_t capacity, uint32_t shard,
                void* const* blocks, uint32_t count);
  // Each takes up to `want` blocks to `out` and returns how many. From the top
  // of a shard's stack:
  uint32_t Pop(uint32_t shard, void** out, uint32_t want);
  // from the bottom of the deepest stack:
  uint32_t Steal(void** out, uint32_t want);
  // of what lay untouched through the epoch before.
  uint32_t PopIdle(void** out, uint32_t want);
  void BeginEpoch();

  uint64_t blocks() const { return blocks_; }

 private:
  friend struct DebugLayout;

  // All zero is empty.
  struct Stack {
    void** ring;
    uint32_t mask;    // its size - 1
    uint32_t bottom;  // the oldest block's place
    uint32_t size;
    uint32_t low_water;  // the least size since BeginEpoch
    uint32_t idle;       // the low water of the epoch before
  };

  uint32_t RemoveBottom(Stack& stack, void** out, uint32_t want);

  Stack* stacks_ = nullptr;  // kShardCount of them
  uint64_t blocks_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_BLOCK_STACKS_H_
