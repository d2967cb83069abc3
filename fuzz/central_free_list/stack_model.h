// The shadow model of the shards' stacks of one class: whole lists instead of
// rings.
//
// Role: knows which blocks lie in which shard's stack, in their order, and
//   which of them are idle.
// Takes from: central (the number of shards). Gives to: central_state.
#ifndef FUZZ_CENTRAL_FREE_LIST_STACK_MODEL_H_
#define FUZZ_CENTRAL_FREE_LIST_STACK_MODEL_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "allocator/central/block_stacks.h"

namespace headroom {

class StackModel {
 public:
  using Blocks = std::vector<void*>;

  void Push(uint32_t shard, void* const* blocks, uint32_t count) {
    auto& stack = stacks_[shard].blocks;
    stack.insert(stack.end(), blocks, blocks + count);
  }
  size_t size(uint32_t shard) const { return stacks_[shard].blocks.size(); }
  size_t blocks() const {
    size_t sum = 0;
    for (const Stack& stack : stacks_) sum += stack.blocks.size();
    return sum;
  }

  // From the top.
  Blocks Pop(uint32_t shard, size_t want) {
    Stack& stack = stacks_[shard];
    const size_t count = std::min(want, stack.blocks.size());
    const auto first = stack.blocks.end() - static_cast<ptrdiff_t>(count);
    Blocks popped(first, stack.blocks.end());
    stack.blocks.erase(first, stack.blocks.end());
    stack.low_water = std::min(stack.low_water, stack.blocks.size());
    return popped;
  }
  // From the bottom of the first of the deepest.
  Blocks Steal(size_t want) {
    return RemoveBottom(*std::ranges::max_element(stacks_, {},
                                                  [](const Stack& stack) {
                                                    return stack.blocks.size();
                                                  }),
                        want);
  }
  // From the bottom of the first that has idle ones.
  Blocks PopIdle(size_t want) {
    for (Stack& stack : stacks_) {
      stack.idle = std::min(stack.idle, stack.low_water);
      if (stack.idle != 0) {
        return RemoveBottom(stack, std::min(want, stack.idle));
      }
    }
    return {};
  }
  void BeginEpoch() {
    for (Stack& stack : stacks_) {
      stack.idle = stack.low_water;
      stack.low_water = stack.blocks.size();
    }
  }

 private:
  struct Stack {
    std::deque<void*> blocks;
    size_t low_water = 0;
    size_t idle = 0;
  };

  static Blocks RemoveBottom(Stack& stack, size_t want) {
    const size_t count = std::min(want, stack.blocks.size());
    const auto end = stack.blocks.begin() + static_cast<ptrdiff_t>(count);
    Blocks removed(stack.blocks.begin(), end);
    stack.blocks.erase(stack.blocks.begin(), end);
    stack.low_water -= std::min(stack.low_water, count);
    stack.idle -= std::min(stack.idle, count);
    return removed;
  }

  std::array<Stack, kShardCount> stacks_;
};

}  // namespace headroom

#endif  // FUZZ_CENTRAL_FREE_LIST_STACK_MODEL_H_
