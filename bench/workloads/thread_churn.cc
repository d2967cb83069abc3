// Threads that live for a hundred blocks.
//
// Pattern: start a thread, which allocates 100 blocks of 16 to 512 bytes and
//   frees them; wait for its end; again. What a thread's first malloc and its
//   exit cost is most of it.
// Source: servers with a thread for each request, as in Larson and Krishnan,
//   ISMM 1998, whose threads end after each round; threadtest's joins.
#include <pthread.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "bench/workloads/blocks.h"
#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class ThreadChurn {
 public:
  using Shared = NothingShared;
  ThreadChurn(Context<Meter>& context, Shared&) : context_(context) {}

  // pthread_create, because std::thread allocates for itself.
  void Run() {
    context_.Repeat([this] {
      pthread_t thread;
      if (pthread_create(&thread, nullptr, &Live, &context_.blocks) != 0) {
        std::abort();
      }
      pthread_join(thread, nullptr);
      return static_cast<int64_t>(kBlocks);
    });
  }

 private:
  static constexpr size_t kBlocks = 100;

  static void* Live(void* argument) {
    auto& blocks = *static_cast<Blocks<Meter>*>(argument);
    std::array<char*, kBlocks> table;
    Dice dice(kBlocks);
    for (char*& block : table) block = blocks.New(dice.Between(16, 512));
    for (char* block : table) blocks.Delete(block);
    return nullptr;
  }

  Context<Meter>& context_;
};

}  // namespace

HEADROOM_WORKLOAD(thread_churn) = {
    .name = "thread_churn",
    .pattern = "threads",
    .about = "threads that live for a hundred blocks",
    .source = "thread per request, as in Larson and Krishnan, ISMM 1998",
    .quick = true,
    .throughput = kThroughputOf<ThreadChurn>,
    .latency = kLatencyOf<ThreadChurn>,
};

}  // namespace headroom
