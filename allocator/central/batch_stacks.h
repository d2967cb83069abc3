// Full batches waiting for the thread that sent them, one stack a shard.
//
// Role: a batch goes back to whom it came from, lines and all; stealing from
//   another shard comes last. Each batch is one word in a fixed array.
// Takes from: block. Gives to: central_free_list. Lock: the owner's.
// Invariant: blocks() == sum of the counts of all stacked batches.
#ifndef HEADROOM_ALLOCATOR_CENTRAL_BATCH_STACKS_H_
#define HEADROOM_ALLOCATOR_CENTRAL_BATCH_STACKS_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "allocator/block/free_list.h"

namespace headroom {

inline constexpr uint32_t kShardCount = 16;
static_assert(IsPowerOfTwo(kShardCount));

class BatchStacks {
 public:
  static constexpr uint32_t kDepth = 32;

  // What the stacks lie in. All zero is empty.
  struct Stack {
    uint64_t batches[kDepth];
    uint32_t size;
    uint32_t low_water;  // the least size since BeginEpoch
    uint32_t idle;       // the low water of the epoch before
  };
  using Storage = Stack[kShardCount];

  // Without storage the stacks stay empty: most classes of a small process
  // never send a full batch back.
  constexpr BatchStacks() = default;

  bool has_storage() const { return stacks_ != nullptr; }
  // `storage` is zeroed and outlives this. Once.
  void UseStorage(Storage& storage) { stacks_ = storage; }

  // False when the stack of `shard` already holds `limit` batches (at most
  // kDepth count), or there is no storage.
  bool Push(uint32_t shard, Batch batch, uint32_t limit);
  // The youngest batch of `shard`; empty when there is none.
  Batch Pop(uint32_t shard);
  // The oldest batch of the deepest stack; empty when all are.
  Batch Steal();
  // A batch that lay untouched through the epoch before; empty when there is
  // none left.
  Batch PopIdle();
  void BeginEpoch();

  uint64_t blocks() const { return blocks_; }

 private:
  Batch RemoveBottom(Stack& stack);

  Stack* stacks_ = nullptr;  // kShardCount of them
  uint64_t blocks_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_CENTRAL_BATCH_STACKS_H_
