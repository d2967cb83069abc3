// The shadow model of small blocks: which are out, what their holders wrote,
// and which of the others were damaged.
//
// Role: says when a block lies askew, is handed out twice, lost its content, or
//   was reported without reason. A damaged block is reported or shows it, and
//   is never handed out again.
// Takes from: page map, block, report_log. Gives to: the targets of central/
//   and thread/.
#ifndef FUZZ_WORLD_BLOCK_MODEL_H_
#define FUZZ_WORLD_BLOCK_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "allocator/block/block_header.h"
#include "allocator/block/block_payload.h"
#include "allocator/block/size_classes.h"
#include "allocator/pages/page_map.h"

namespace headroom {

class BlockModel {
 public:
  // What a wild write makes of a free block's word.
  enum class Damage : uint8_t { kNoise, kLive, kFree, kInSpan };

  // `zeroed`: what is handed out reads as zero, and is given back so.
  BlockModel(const PageMap& map, const SealKeys& keys, bool zeroed)
      : map_(map), keys_(keys), zeroed_(zeroed) {}

  // A block that was handed out in `state`; its holder writes to it. False, and
  // out of use from here on: it is damaged, and its word says so.
  bool Add(SizeClass size_class, void* block, const uint64_t& state);
  // One that its holder gives back; `index` is taken modulo count().
  void* Take(SizeClass size_class, size_t index);
  size_t count(SizeClass size_class) const { return out_[size_class].size(); }

  // Damages a block that was given back lately, if it is still one; null when
  // nothing was damaged.
  void* DamageFreed(size_t index, Damage damage);
  // A block that was given back lately and lies in its span; null when that one
  // does not.
  void* InSpan(size_t index) const;
  // Damages a block that was just taken.
  void DamageTaken(SizeClass size_class, void* block);

  // Looks at what was reported since, and forgets it.
  void CheckReports();

  // A class's blocks that nobody counts: no fewer and no more than these.
  uint64_t least_lost(SizeClass size_class) const { return lost_[size_class]; }
  uint64_t most_lost(SizeClass size_class) const {
    return damages_[size_class];
  }

 private:
  static constexpr size_t kMostFreed = 256;

  bool IsCut(SizeClass size_class, const void* block) const;
  // Out for good.
  void Lose(const void* block);
  void SetWord(SizeClass size_class, void* block, uint64_t word);

  struct Freed {
    void* block;
    SizeClass size_class;
  };

  const PageMap& map_;
  const SealKeys& keys_;
  const bool zeroed_;
  std::array<std::vector<void*>, kSizeClassCount> out_;
  std::unordered_set<const void*> all_out_;  // and what is lost
  std::vector<Freed> freed_;
  size_t next_freed_ = 0;
  std::unordered_set<const void*> damaged_;
  std::array<uint64_t, kSizeClassCount> lost_ = {};
  std::array<uint64_t, kSizeClassCount> damages_ = {};
};

std::string Expression(BlockModel::Damage damage);

}  // namespace headroom

#endif  // FUZZ_WORLD_BLOCK_MODEL_H_
