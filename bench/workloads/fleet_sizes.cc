// The sizes of a data centre: nearly all blocks small, most bytes large.
//
// Pattern: of 100 blocks 78 are below 128 bytes and 94 below 1 KiB, but 60 % of
//   the bytes are in blocks of 8 KiB and more. Half of the blocks live for 16
//   allocations, the others take the place of a random one of 4096.
// Source: the sizes are those of ten production services as Fleetbench has them
//   (github.com/google/fleetbench, tcmalloc/distributions, 2026): shares of
//   allocations per power of two, each service with the same weight, up to
//   1 MiB. On what they look like: Zhou et al., "Characterizing a Memory
//   Allocator at Warehouse Scale", ASPLOS 2024. The coin that decides on life
//   is a model of our own.
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

// Of 100,000 blocks, so many are of 2^i bytes and more, below twice that.
constexpr std::array<uint32_t, 20> kShares = {
    77,   25,   1175, 3134, 16323, 35229, 22122,  // below 128 bytes
    8902, 5088, 2592,                             // below 1 KiB
    1748, 962,  1354,                             // below 8 KiB
    937,  122,  55,                               // below 64 KiB
    132,  19,   3,    1};                         // below 1 MiB

constexpr uint32_t kOfAll = 100'000;

// What the classes from 2^`least_power` bytes on have: blocks, and bytes, where
// a class's mean is three quarters of its bound.
constexpr uint64_t BlocksFrom(size_t least_power) {
  uint64_t blocks = 0;
  for (size_t i = least_power; i < kShares.size(); ++i) blocks += kShares[i];
  return blocks;
}
constexpr uint64_t BytesFrom(size_t least_power) {
  uint64_t bytes = 0;
  for (size_t i = least_power; i < kShares.size(); ++i) {
    bytes += kShares[i] * (uint64_t{3} << i) / 2;
  }
  return bytes;
}
static_assert(BlocksFrom(0) == kOfAll);
static_assert((kOfAll - BlocksFrom(7)) * 100 / kOfAll == 78);
static_assert((kOfAll - BlocksFrom(10)) * 100 / kOfAll == 94);
static_assert(BytesFrom(13) * 100 / BytesFrom(0) == 60);

size_t DrawBytes(Dice& dice) {
  uint32_t roll = dice.Roll(kOfAll);
  size_t i = 0;
  while (roll >= kShares[i]) roll -= kShares[i++];
  const size_t power = size_t{1} << i;
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
        "sizes of a data centre: 94 of 100 below 1 KiB, 60 % of the bytes "
        "from 8 KiB on",
    .source = "Fleetbench's distributions of ten production services",
    .quick = true,
    .throughput = kThroughputOf<FleetSizes>,
    .latency = kLatencyOf<FleetSizes>,
};

}  // namespace headroom
