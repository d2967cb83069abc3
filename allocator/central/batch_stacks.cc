#include "allocator/central/batch_stacks.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace headroom {
namespace {

// Address in the low bits, count above it.
constexpr int kCountShift = 48;
static_assert(kAddressBits <= kCountShift);

uint64_t Pack(Batch batch) {
  return reinterpret_cast<uintptr_t>(batch.head) | uint64_t{batch.count}
                                                       << kCountShift;
}

Batch Unpack(uint64_t word) {
  return {reinterpret_cast<void*>(word & ((uint64_t{1} << kCountShift) - 1)),
          static_cast<uint32_t>(word >> kCountShift)};
}

}  // namespace

bool BatchStacks::Push(uint32_t shard, Batch batch, uint32_t limit) {
  if (!has_storage()) return false;
  Stack& stack = stacks_[shard];
  if (stack.size >= std::min(limit, kDepth)) return false;
  stack.batches[stack.size++] = Pack(batch);
  blocks_ += batch.count;
  return true;
}

Batch BatchStacks::Pop(uint32_t shard) {
  if (!has_storage()) return {};
  Stack& stack = stacks_[shard];
  if (stack.size == 0) return {};
  const Batch batch = Unpack(stack.batches[--stack.size]);
  stack.low_water = std::min(stack.low_water, stack.size);
  blocks_ -= batch.count;
  return batch;
}

Batch BatchStacks::RemoveBottom(Stack& stack) {
  const Batch batch = Unpack(stack.batches[0]);
  --stack.size;
  memmove(stack.batches, stack.batches + 1,
          stack.size * sizeof(stack.batches[0]));
  // It was the one that lay there longest.
  if (stack.low_water > 0) --stack.low_water;
  if (stack.idle > 0) --stack.idle;
  blocks_ -= batch.count;
  return batch;
}

Batch BatchStacks::Steal() {
  if (blocks_ == 0) return {};
  Stack* deepest = std::max_element(
      stacks_, stacks_ + kShardCount,
      [](const Stack& a, const Stack& b) { return a.size < b.size; });
  if (deepest->size == 0) return {};
  return RemoveBottom(*deepest);
}

Batch BatchStacks::PopIdle() {
  if (blocks_ == 0) return {};
  for (Stack& stack : std::span(stacks_, kShardCount)) {
    // What was taken since, and then filled up again, is not idle.
    stack.idle = std::min(stack.idle, stack.low_water);
    if (stack.idle == 0) continue;
    return RemoveBottom(stack);
  }
  return {};
}

void BatchStacks::BeginEpoch() {
  if (!has_storage()) return;
  for (Stack& stack : std::span(stacks_, kShardCount)) {
    stack.idle = stack.low_water;
    stack.low_water = stack.size;
  }
}

}  // namespace headroom
