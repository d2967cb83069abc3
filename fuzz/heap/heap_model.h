// The shadow model: which blocks live, and what their owners wrote to them.
//
// Role: knows nothing of the heap's inside; says when a block overlaps another
//   one, lies askew, is too short or lost what was written to it.
// Takes from: block (to tell a request's size class). Gives to: heap_state.
#ifndef FUZZ_HEAP_HEAP_MODEL_H_
#define FUZZ_HEAP_HEAP_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <vector>

#include "allocator/base/origin.h"
#include "allocator/block/size_classes.h"

namespace headroom {

class HeapModel {
  using Ends = std::pmr::map<uintptr_t, uintptr_t>;

 public:
  // Not a size class: the block is no small one.
  static constexpr int kNoClass = -1;

  struct Block {
    char* start = nullptr;
    size_t usable_bytes = 0;
    int size_class = kNoClass;
    // As it was asked for last: what a sized free has to say.
    size_t bytes = 0;
    size_t alignment = kBlockAlignment;
    Origin origin = Origin::kMalloc;
    uint8_t seed = 0;         // of what is written to it
    Ends::iterator end = {};  // Add fills it in
  };

  // The class of a request at an alignment, by the rule that an aligned
  // block is cut from a larger one.
  static int ClassOfRequest(size_t bytes, size_t alignment);

  // A block that the heap just returned; checks it and writes to all of it.
  void Add(const Block& block);
  // Forgets a block whose content the caller has checked.
  void Forget(size_t index);

  bool empty() const { return blocks_.empty(); }
  size_t count() const { return blocks_.size(); }
  const Block& at(size_t index) const { return blocks_[index]; }
  uint64_t live_blocks(SizeClass size_class) const { return live_[size_class]; }
  uint64_t other_blocks() const { return other_; }

 private:
  uint64_t& CounterOf(const Block& block) {
    return block.size_class == kNoClass
               ? other_
               : live_[static_cast<size_t>(block.size_class)];
  }

  std::vector<Block> blocks_;
  // Dear under ASan: a node from malloc for each block.
  std::pmr::unsynchronized_pool_resource nodes_;
  Ends ends_{&nodes_};  // of blocks, headers included
  std::array<uint64_t, kSizeClassCount> live_ = {};
  uint64_t other_ = 0;
};

}  // namespace headroom

#endif  // FUZZ_HEAP_HEAP_MODEL_H_
