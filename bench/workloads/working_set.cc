// A table of live blocks, of which a random one is replaced again and again.
//
// Pattern: 10,000 blocks a thread, sizes from 16 to 1040 bytes, each as likely;
//   free one at random, allocate another in its place.
// Source: the common core of larson, mstress and rptest, without a second
//   thread; the cache misses of a real heap are in it.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class WorkingSet {
 public:
  using Shared = NothingShared;
  WorkingSet(Context<Meter>& context, Shared&)
      : context_(context), dice_(context.NewDice()), table_(kBlocks) {
    for (char*& block : table_) block = NewBlock();
  }
  ~WorkingSet() {
    for (char* block : table_) context_.blocks.Delete(block);
  }

  void Run() {
    constexpr int64_t kRound = 100;
    context_.Repeat([this] {
      for (int64_t i = 0; i < kRound; ++i) {
        char*& block = table_[dice_.Roll(kBlocks)];
        context_.blocks.Delete(block);
        block = NewBlock();
      }
      return kRound;
    });
  }

 private:
  static constexpr uint32_t kBlocks = 10000;

  char* NewBlock() { return context_.blocks.New(dice_.Between(16, 1040)); }

  Context<Meter>& context_;
  Dice dice_;
  std::vector<char*> table_;
};

}  // namespace

HEADROOM_WORKLOAD(working_set) = {
    .name = "working_set",
    .pattern = "local",
    .about = "10,000 live blocks of 16 to 1040 bytes, random ones replaced",
    .source = "core of larson, mstress and rptest (mimalloc-bench), local",
    .throughput = kThroughputOf<WorkingSet>,
    .latency = kLatencyOf<WorkingSet>,
};

}  // namespace headroom
