// Pairs of threads: one allocates, the other frees.
//
// Pattern: blocks of 16 to 512 bytes go through a ring of 1024 places that each
//   pair has. Where no partner is left, one thread does both by turns.
// Source: the two-thread case of xmalloc-test, Lever and Boreham, "malloc()
//   Performance in a Multithreaded Linux Environment", USENIX 2000 (FREENIX),
//   without its lock: the queue must not be what is measured.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/workloads/block_ring.h"
#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class ProducerConsumer {
 public:
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : rings(static_cast<size_t>(context.threads + 1) / 2) {}
    std::vector<BlockRing> rings;
  };

  ProducerConsumer(Context<Meter>& context, Shared& shared)
      : context_(context),
        dice_(context.NewDice()),
        ring_(shared.rings[static_cast<size_t>(context.index) / 2]) {}

  void Run() {
    if (context_.index % 2 == 1) {
      Consume();
    } else if (context_.index + 1 < context_.threads) {
      Produce();
    } else {
      DoBoth();
    }
  }

 private:
  static constexpr int64_t kRound = BlockRing::kPlaces / 8;

  void PushSome() {
    for (int64_t i = 0; i < kRound; ++i) {
      ring_.Push(context_.blocks.New(dice_.Between(16, 512)));
    }
  }
  void Take(char* block) {
    Read(block);
    context_.blocks.Delete(block);
  }

  void Produce() {
    context_.Repeat([this] {
      PushSome();
      return int64_t{0};
    });
    ring_.Close(context_.part);
  }
  void Consume() {
    while (char* block = ring_.Pop(context_.part)) {
      Take(block);
      ++context_.operations;
    }
  }
  void DoBoth() {
    context_.Repeat([this] {
      PushSome();
      for (int64_t i = 0; i < kRound; ++i) Take(ring_.TryPop());
      return kRound;
    });
  }

  Context<Meter>& context_;
  Dice dice_;
  BlockRing& ring_;
};

}  // namespace

HEADROOM_WORKLOAD(producer_consumer) = {
    .name = "producer_consumer",
    .pattern = "hand-over",
    .about = "pairs of threads, one allocates what the other frees",
    .source = "two-thread case of xmalloc-test, Lever and Boreham, USENIX 2000",
    .throughput = kThroughputOf<ProducerConsumer>,
    .latency = kLatencyOf<ProducerConsumer>,
};

}  // namespace headroom
