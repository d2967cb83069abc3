// A burst of work, then nothing, again and again.
//
// Pattern: 20,000 blocks of 16 to 1024 bytes (10 MiB a thread), all freed, then
//   20 ms of sleep. Look at RSS over time, CPU time and page faults: the wall
//   time is mostly sleep.
// Source: what background purging of jemalloc, mimalloc and Scudo is made for;
//   the parameters are ours.
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class BurstIdle {
 public:
  using Shared = NothingShared;
  BurstIdle(Context<Meter>& context, Shared&)
      : context_(context), dice_(context.NewDice()), table_(20000) {}

  void Run() {
    static constexpr std::chrono::milliseconds kIdle(20);
    context_.Repeat([this, &blocks = context_.blocks] {
      for (char*& block : table_) block = blocks.New(dice_.Between(16, 1024));
      for (char* block : table_) blocks.Delete(block);
      std::this_thread::sleep_for(kIdle);
      return static_cast<int64_t>(table_.size());
    });
  }

 private:
  Context<Meter>& context_;
  Dice dice_;
  std::vector<char*> table_;
};

}  // namespace

HEADROOM_WORKLOAD(burst_idle) = {
    .name = "burst_idle",
    .pattern = "memory",
    .about = "10 MiB of small blocks a thread, all freed, then 20 ms of sleep",
    .source = "what purging of free memory is for; parameters of our own",
    .throughput = kThroughputOf<BurstIdle>,
    .latency = kLatencyOf<BurstIdle>,
};

}  // namespace headroom
