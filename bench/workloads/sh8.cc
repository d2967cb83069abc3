// Mixed sizes, survivors of many rounds among the young.
//
// Pattern: a table of 4096 blocks, small sizes more frequent than large ones
//   (up to 32, 64, 128, 512 or 2048 bytes); a pass goes through it in order and
//   replaces three blocks of four.
// Source: after sh8bench of MicroQuill's SmartHeap, the successor of sh6bench:
//   more sizes, blocks that outlive others.
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class Sh8 {
 public:
  using Shared = NothingShared;
  Sh8(Context<Meter>& context, Shared&)
      : context_(context), dice_(context.NewDice()) {
    for (char*& block : table_) block = NewBlock(dice_.Roll(kMostBytes.size()));
  }
  ~Sh8() {
    for (char* block : table_) context_.blocks.Delete(block);
  }

  void Run() {
    context_.Repeat([this] {
      int64_t replaced = 0;
      for (char*& block : table_) {
        const uint32_t roll = dice_.Roll(4 * kMostBytes.size());
        if (roll % 4 == 0) continue;
        context_.blocks.Delete(block);
        block = NewBlock(roll / 4);
        ++replaced;
      }
      return replaced;
    });
  }

 private:
  static constexpr std::array<uint32_t, 5> kMostBytes = {32, 64, 128, 512,
                                                         2048};

  char* NewBlock(size_t kind) {
    return context_.blocks.New(dice_.Between(1, kMostBytes[kind]));
  }

  Context<Meter>& context_;
  Dice dice_;
  std::array<char*, 4096> table_;
};

}  // namespace

HEADROOM_WORKLOAD(sh8) = {
    .name = "sh8",
    .pattern = "local",
    .about =
        "mixed sizes to 2048 bytes, three blocks of four replaced in each pass",
    .source = "after sh8bench, MicroQuill SmartHeap",
    .quick = true,
    .throughput = kThroughputOf<Sh8>,
    .latency = kLatencyOf<Sh8>,
};

}  // namespace headroom
