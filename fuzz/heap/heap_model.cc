#include "fuzz/heap/heap_model.h"

#include <algorithm>
#include <iterator>

#include "fuzz/engine/require.h"
#include "fuzz/world/block_content.h"

namespace headroom {
int HeapModel::ClassOfRequest(size_t bytes, size_t alignment) {
  const size_t more = std::max(alignment, kBlockAlignment) - kBlockAlignment;
  if (bytes > kMaxSmallBytes || more > kMaxSmallBytes - bytes) return kNoClass;
  return SizeClassFor(bytes + more);
}

void HeapModel::Add(const Block& block) {
  const auto address = reinterpret_cast<uintptr_t>(block.start);
  Require(address % std::max(block.alignment, kBlockAlignment) == 0,
          "a block is aligned as asked");
  Require(block.usable_bytes >= block.bytes, "a block is as large as asked");
  const uintptr_t from = address - kHeaderBytes;
  const uintptr_t to = address + block.usable_bytes;
  const auto above = ends_.lower_bound(from);
  Require(above == ends_.end() || above->first >= to,
          "a block does not reach into the one above");
  Require(above == ends_.begin() || std::prev(above)->second <= from,
          "a block does not reach into the one below");
  WriteContent(block.start, block.usable_bytes, block.seed);
  ++CounterOf(block);
  blocks_.push_back(block);
  blocks_.back().end = ends_.emplace_hint(above, from, to);
}

void HeapModel::Forget(size_t index) {
  Block& block = blocks_[index];
  ends_.erase(block.end);
  --CounterOf(block);
  block = blocks_.back();
  blocks_.pop_back();
}

}  // namespace headroom
