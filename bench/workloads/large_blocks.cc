// Blocks of 64 KiB to 64 MiB.
//
// Pattern: two live ones a thread, a random one is replaced, and all its bytes
//   are written, as a program would that reads into it. A round has each power
//   of two twice, in random order, once as much above it as the other time
//   below the next: all rounds are the same work, which half of it, the largest
//   block's, would not be. The kernel's part of the work, page faults above
//   all, is in it.
// Source: malloc-large of mimalloc-bench, which writes all bytes of blocks of 2
//   MiB, or of 5 to 25 in another version; the range is widened to both sides.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
    const size_t bytes =
        power + power / kParts * (turn % 2 == 0 ? share_ : kParts - share_);
    char* block = blocks.New(bytes);
    std::memset(block, static_cast<int>(turn), bytes);
    Publish(block);
    return block;
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
    .about = "written blocks of 64 KiB to 64 MiB, two live a thread",
    .source = "malloc-large (mimalloc-bench), its range widened",
    .quick = true,
    .throughput = kThroughputOf<LargeBlocks>,
    .latency = kLatencyOf<LargeBlocks>,
};

}  // namespace headroom
