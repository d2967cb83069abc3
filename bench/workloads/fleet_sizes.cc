// The sizes of a data centre: nearly all blocks small, half of the bytes large.
//
// Pattern: of 100 blocks 98 are below 1 KiB and hold 28 % of the bytes; half of
//   the bytes are in blocks above 8 KiB, a fifth in blocks above 256 KiB. Half
//   of the blocks live for 16 allocations, the others take the place of a
//   random one of 4096.
// Source: after Zhou et al., "Characterizing a Memory Allocator at Warehouse
//   Scale", ASPLOS 2024, on the sizes and lives in a fleet: nearly all objects
//   are small, most bytes are in few large ones. The figures above are a model
//   of our own in that shape, and so is the coin that decides on life.
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/size_sequence.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

// Of 100,000 blocks, so many are of 2^(3 + i) bytes and more, below twice that.
constexpr std::array<uint32_t, 17> kShares = {
    18007, 27000, 22000, 14000, 9000, 5000, 3000,  // below 1 KiB
    390,   600,   760,                             // below 8 KiB
    80,    70,    50,                              // below 64 KiB
    18,    12,    8,     5};                       // below 1 MiB

constexpr uint32_t kOfAll = 100'000;

// What the classes from 2^`least_power` bytes on have: blocks, and bytes, where
// a class's mean is three quarters of its bound.
constexpr uint64_t BlocksFrom(size_t least_power) {
  uint64_t blocks = 0;
  for (size_t i = least_power - 3; i < kShares.size(); ++i) {
    blocks += kShares[i];
  }
  return blocks;
}
constexpr uint64_t BytesFrom(size_t least_power) {
  uint64_t bytes = 0;
  for (size_t i = least_power - 3; i < kShares.size(); ++i) {
    bytes += kShares[i] * (uint64_t{12} << i);
  }
  return bytes;
}
constexpr uint64_t PercentOfBytesFrom(size_t least_power) {
  return (100 * BytesFrom(least_power) + BytesFrom(3) / 2) / BytesFrom(3);
}
static_assert(BlocksFrom(3) == kOfAll && BlocksFrom(10) * 100 / kOfAll == 1);
static_assert(PercentOfBytesFrom(10) == 72);  // 1 KiB and more
static_assert(PercentOfBytesFrom(13) == 50);  // 8 KiB
static_assert(PercentOfBytesFrom(18) == 22);  // 256 KiB

size_t DrawBytes(Dice& dice) {
  uint32_t roll = dice.Roll(kOfAll);
  size_t i = 0;
  while (roll >= kShares[i]) roll -= kShares[i++];
  const size_t power = size_t{8} << i;
  return power + dice.Roll(static_cast<uint32_t>(power));
}

template <typename Meter>
class FleetSizes {
 public:
  using Shared = NothingShared;
  FleetSizes(Context<Meter>& context, Shared&)
      : context_(context),
        dice_(context.NewDice()),
        sizes_([this] { return DrawBytes(dice_); }) {
    for (char*& block : young_) block = context_.blocks.New(sizes_.Next());
    for (char*& block : old_) block = context_.blocks.New(sizes_.Next());
  }
  ~FleetSizes() {
    for (char* block : young_) context_.blocks.Delete(block);
    for (char* block : old_) context_.blocks.Delete(block);
  }

  void Run() {
    static constexpr int64_t kRound = 50;
    context_.Repeat([this] {
      for (int64_t i = 0; i < kRound; ++i) {
        Replace(young_[next_young_++ % young_.size()]);
        Replace(old_[dice_.Roll(old_.size())]);
      }
      return 2 * kRound;
    });
  }

 private:
  void Replace(char*& block) {
    context_.blocks.Delete(block);
    block = context_.blocks.New(sizes_.Next());
  }

  Context<Meter>& context_;
  Dice dice_;
  SizeSequence sizes_;
  size_t next_young_ = 0;
  std::array<char*, 16> young_;
  std::array<char*, 4096> old_;
};

}  // namespace

HEADROOM_WORKLOAD(fleet_sizes) = {
    .name = "fleet_sizes",
    .pattern = "sizes",
    .about =
        "sizes of a data centre: 98 of 100 below 1 KiB, half of the bytes "
        "above 8 KiB",
    .source =
        "after Zhou et al., Characterizing a Memory Allocator at Warehouse "
        "Scale, "
        "ASPLOS 2024",
    .quick = true,
    .throughput = kThroughputOf<FleetSizes>,
    .latency = kLatencyOf<FleetSizes>,
};

}  // namespace headroom
