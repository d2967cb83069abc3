// Blocks of 64 KiB to 64 MiB.
//
// Pattern: two live ones a thread, a random one is replaced, and a byte of each
//   page is written. A round has each power of two twice, in random order, once
//   as much above it as the other time below the next: all rounds are the same
//   work, which half of it, the largest block's, would not be. The kernel's
//   part of the work, page faults above all, is in it.
// Source: the range of malloc-large of mimalloc-bench (blocks of 5 to 25 MiB),
//   widened to both sides.
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "bench/workloads/dice.h"
#include "bench/workloads/random_replacement.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

class MakeLarge {
 public:
  static constexpr size_t kRound = 20;

  explicit MakeLarge(Dice&) { std::iota(order_.begin(), order_.end(), 0U); }

  template <typename Blocks>
  char* operator()(Blocks& blocks, Dice& dice) {
    if (next_ == kRound) {
      next_ = 0;
      dice.Shuffle(order_);
      share_ = dice.Roll(kParts);
    }
    const uint32_t turn = order_[next_++];
    const size_t power = kLeast << (turn / 2);
    return blocks.New(power + power / kParts *
                                  (turn % 2 == 0 ? share_ : kParts - share_));
  }

 private:
  static constexpr size_t kLeast = size_t{64} << 10;
  static constexpr uint32_t kParts = 1U << 16;

  std::array<uint32_t, kRound> order_;
  size_t next_ = kRound;
  uint32_t share_ = 0;
};

template <typename Meter>
using LargeBlocks =
    RandomReplacement<Meter, MakeLarge, /*kBlocks=*/2, MakeLarge::kRound>;

}  // namespace

HEADROOM_WORKLOAD(large_blocks) = {
    .name = "large_blocks",
    .pattern = "large",
    .about = "blocks of 64 KiB to 64 MiB, two live ones a thread",
    .source = "range of malloc-large (mimalloc-bench), widened",
    .quick = true,
    .throughput = kThroughputOf<LargeBlocks>,
    .latency = kLatencyOf<LargeBlocks>,
};

}  // namespace headroom
