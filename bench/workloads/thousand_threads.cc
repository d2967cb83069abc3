// A thread for each connection: a thousand of them on a few processors.
//
// Pattern: 1000 threads, each with 64 blocks of 16 to 512 bytes; a request
//   replaces 20 random ones, then the thread lets others run. What allocators
//   keep for each thread adds up, and a thread is often stopped in a malloc.
// Source: Larson and Krishnan, "Memory Allocation for Long-Running Server
//   Applications", ISMM 1998, on threads by far outnumbering processors; the
//   parameters are ours.
#include <array>
#include <cstdint>
#include <thread>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class ThousandThreads {
 public:
  using Shared = NothingShared;
  ThousandThreads(Context<Meter>& context, Shared&)
      : context_(context), dice_(context.NewDice()) {
    for (char*& block : table_) block = NewBlock();
  }
  ~ThousandThreads() {
    for (char* block : table_) context_.blocks.Delete(block);
  }

  void Run() {
    static constexpr int64_t kRequest = 20;
    context_.Repeat([this] {
      for (int64_t i = 0; i < kRequest; ++i) {
        char*& block = table_[dice_.Roll(table_.size())];
        context_.blocks.Delete(block);
        block = NewBlock();
      }
      std::this_thread::yield();
      return kRequest;
    });
  }

 private:
  char* NewBlock() { return context_.blocks.New(dice_.Between(16, 512)); }

  Context<Meter>& context_;
  Dice dice_;
  std::array<char*, 64> table_;
};

}  // namespace

HEADROOM_WORKLOAD(thousand_threads) = {
    .name = "thousand_threads",
    .pattern = "threads",
    .about = "1000 threads on a few processors, 64 live blocks each",
    .source =
        "threads of servers, Larson and Krishnan, ISMM 1998; parameters of our "
        "own",
    .least_threads = 1000,
    .most_threads = 1000,
    .throughput = kThroughputOf<ThousandThreads>,
    .latency = kLatencyOf<ThousandThreads>,
};

}  // namespace headroom
