// A server whose blocks outlive the threads that made them.
//
// Pattern: a set of 5000 blocks of 8 to 1000 bytes, of which a thread replaces
//   random ones. After 250,000 replacements it starts a thread that takes over
//   the set, and ends; each part of a run, too, begins with such a thread.
//   There are as many sets as the run has threads.
// Source: Larson and Krishnan, "Memory Allocation for Long-Running Server
//   Applications", ISMM 1998; sizes and sets as in mimalloc-bench's run of it
//   (larson 5 8 1000 5000 100 4141 N). There a life has 500,000 replacements;
//   here half of that, so that a short run has more than one; the end of a
//   slice ends a thread, too. Much shorter ones rank allocators by what a
//   thread's end costs.
#include <pthread.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <semaphore>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class Larson {
 public:
  using Shared = NothingShared;
  Larson(Context<Meter>& context, Shared&)
      : context_(context), dice_(context.NewDice()) {
    for (char*& block : set_) block = NewBlock();
  }
  ~Larson() {
    for (char* block : set_) context_.blocks.Delete(block);
  }

  // One thread after the other does the rounds; this one waits for the last.
  void Run() {
    done_ = 0;
    StartThread();
    ended_.acquire();
    pthread_join(*last_, nullptr);
    last_.reset();
    context_.operations += done_;
  }

 private:
  static constexpr int64_t kLife = 250'000;

  // pthread_create, because std::thread allocates for itself.
  void StartThread() {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, &Live, this) != 0) std::abort();
  }
  static void* Live(void* larson) {
    static_cast<Larson*>(larson)->Live();
    return nullptr;
  }

  // The thread before is joined late: it ends while this one works.
  void Live() {
    do {
      Replace();
    } while (!context_.IsOver(done_) && done_ % kLife != 0);
    if (last_.has_value()) pthread_join(*last_, nullptr);
    last_ = pthread_self();
    if (context_.IsOver(done_)) {
      ended_.release();
    } else {
      StartThread();
    }
  }

  void Replace() {
    static constexpr int64_t kRound = 100;
    for (int64_t i = 0; i < kRound; ++i) {
      char*& block = set_[dice_.Roll(kBlocks)];
      context_.blocks.Delete(block);
      block = NewBlock();
    }
    done_ += kRound;
  }

  char* NewBlock() { return context_.blocks.New(dice_.Between(8, 1000)); }

  static constexpr uint32_t kBlocks = 5000;

  Context<Meter>& context_;
  Dice dice_;
  int64_t done_ = 0;
  std::optional<pthread_t> last_;
  std::binary_semaphore ended_{0};
  std::array<char*, kBlocks> set_;
};

}  // namespace

HEADROOM_WORKLOAD(larson) = {
    .name = "larson",
    .pattern = "hand-over",
    .about =
        "5000 blocks of 8 to 1000 bytes, replaced at random by one thread "
        "after the other",
    .source = "Larson and Krishnan, ISMM 1998, as in mimalloc-bench",
    .quick = true,
    .throughput = kThroughputOf<Larson>,
    .latency = kLatencyOf<Larson>,
};

}  // namespace headroom
