// Runs of blocks of one size, most of them small, freed in mixed order.
//
// Pattern: sizes from 1 to 709 bytes, in runs of 250 blocks below 100 bytes and
//   of 50 above. A table of 2500 is filled with them, then a fifth of it stays,
//   and the rest is freed: what lies below the fifth from the front, what lies
//   above from the back.
// Source: sh6bench of MicroQuill's SmartHeap as mimalloc-bench runs it, 10,000
//   places for 4 threads. sh6bench itself loses the fifth when that is the
//   first one; here it is freed.
#include <cstddef>

#include "bench/workloads/blocks.h"
#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/survivors.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

// The size of each block in turn: a largest size is halved down to 1, then
// comes a largest size half as large again.
class RunsOfSizes {
 public:
  size_t Next() {
    if (left_ == 0) {
      bytes_ /= 2;
      if (bytes_ == 0) bytes_ = NextLargest();
      left_ = bytes_ < 100 ? 250 : 50;
    }
    --left_;
    return bytes_;
  }

 private:
  size_t NextLargest() {
    largest_ = largest_ * 3 / 2 + 1;
    if (largest_ >= kBytesEnd) largest_ = 1;
    return largest_;
  }

  static constexpr size_t kBytesEnd = 1000;

  size_t largest_ = 0;
  size_t bytes_ = 0;
  int left_ = 0;
};

template <typename Meter>
class Sh6 {
 public:
  using Shared = NothingShared;
  Sh6(Context<Meter>& context, Shared&)
      : context_(context),
        table_(context.blocks, [this] { return sizes_.Next(); }) {}

  void Run() {
    context_.Repeat([this] {
      table_.Round([this] { return sizes_.Next(); });
      return table_.kPerRound;
    });
  }

 private:
  Context<Meter>& context_;
  RunsOfSizes sizes_;
  Survivors<Blocks<Meter>, 2500> table_;
};

}  // namespace

HEADROOM_WORKLOAD(sh6) = {
    .name = "sh6",
    .pattern = "local",
    .about =
        "runs of one size, small ones long, freed from both ends, a fifth "
        "survives",
    .source = "sh6bench, MicroQuill SmartHeap, as in mimalloc-bench",
    .throughput = kThroughputOf<Sh6>,
    .latency = kLatencyOf<Sh6>,
};

}  // namespace headroom
