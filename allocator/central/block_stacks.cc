#include "allocator/central/block_stacks.h"

#include <algorithm>
#include <bit>
#include <span>

namespace headroom {
namespace {

// What one shard's stack of a class may hold.
constexpr size_t kMaxStackBytes = size_t{1} << 20;
constexpr size_t kMaxStackBlocks = 16384;

// Copies `count` blocks from a ring, beginning at `place`.
void CopyFromRing(void* const* ring, uint32_t mask, uint32_t place,
                  uint32_t count, void** out) {
  place &= mask;
  const uint32_t first = std::min(count, mask + 1 - place);
  std::copy_n(ring + place, first, out);
  std::copy_n(ring, count - first, out + first);
}

void CopyToRing(void** ring, uint32_t mask, uint32_t place, uint32_t count,
                void* const* in) {
  place &= mask;
  const uint32_t first = std::min(count, mask + 1 - place);
  std::copy_n(in, first, ring + place);
  std::copy_n(in + first, count - first, ring);
}

}  // namespace

uint32_t StackCapacity(SizeClass size_class) {
  const SizeClassInfo& info = kSizeClasses[size_class];
  const size_t blocks = std::clamp<size_t>(kMaxStackBytes / info.stride,
                                           2 * info.max_batch, kMaxStackBlocks);
  return static_cast<uint32_t>(std::bit_ceil(blocks));
}

uint32_t BlockStacks::Push(MetadataArena& arena, uint32_t capacity,
                           uint32_t shard, void* const* blocks,
                           uint32_t count) {
  if (stacks_ == nullptr) {
    stacks_ = static_cast<Stack*>(
        arena.Allocate(kShardCount * sizeof(Stack), alignof(Stack)));
    if (stacks_ == nullptr) return 0;
  }
  Stack& stack = stacks_[shard];
  if (stack.ring == nullptr) {
    stack.ring = static_cast<void**>(
        arena.Allocate(capacity * sizeof(void*), alignof(void*)));
    if (stack.ring == nullptr) return 0;
    stack.mask = capacity - 1;
  }
  // So that a stack that is never deep touches little of its ring.
  if (stack.size == 0) stack.bottom = 0;
  count = std::min(count, capacity - stack.size);
  CopyToRing(stack.ring, stack.mask, stack.bottom + stack.size, count, blocks);
  stack.size += count;
  blocks_ += count;
  return count;
}

uint32_t BlockStacks::Pop(uint32_t shard, void** out, uint32_t want) {
  if (stacks_ == nullptr) return 0;
  Stack& stack = stacks_[shard];
  const uint32_t count = std::min(want, stack.size);
  if (count == 0) return 0;
  stack.size -= count;
  CopyFromRing(stack.ring, stack.mask, stack.bottom + stack.size, count, out);
  stack.low_water = std::min(stack.low_water, stack.size);
  blocks_ -= count;
  return count;
}

uint32_t BlockStacks::RemoveBottom(Stack& stack, void** out, uint32_t want) {
  const uint32_t count = std::min(want, stack.size);
  if (count == 0) return 0;
  CopyFromRing(stack.ring, stack.mask, stack.bottom, count, out);
  stack.bottom = (stack.bottom + count) & stack.mask;
  stack.size -= count;
  // They were those that lay there longest.
  stack.low_water -= std::min(stack.low_water, count);
  stack.idle -= std::min(stack.idle, count);
  blocks_ -= count;
  return count;
}

uint32_t BlockStacks::Steal(void** out, uint32_t want) {
  if (blocks_ == 0) return 0;
  Stack* deepest = std::max_element(
      stacks_, stacks_ + kShardCount,
      [](const Stack& a, const Stack& b) { return a.size < b.size; });
  return RemoveBottom(*deepest, out, want);
}

uint32_t BlockStacks::PopIdle(void** out, uint32_t want) {
  if (blocks_ == 0) return 0;
  for (Stack& stack : std::span(stacks_, kShardCount)) {
    // What was taken since, and then filled up again, is not idle.
    stack.idle = std::min(stack.idle, stack.low_water);
    if (stack.idle == 0) continue;
    return RemoveBottom(stack, out, std::min(want, stack.idle));
  }
  return 0;
}

void BlockStacks::BeginEpoch() {
  if (stacks_ == nullptr) return;
  for (Stack& stack : std::span(stacks_, kShardCount)) {
    stack.idle = stack.low_water;
    stack.low_water = stack.size;
  }
}

}  // namespace headroom
