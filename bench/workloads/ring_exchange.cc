// Every thread allocates for the next one and frees what the last one sent.
//
// Pattern: messages of 16 to 512 bytes go around through rings of 1024 places;
//   all threads allocate, and none frees what it allocated itself.
// Source: message passing between event loops; the frees are remote as in
//   xmalloc-test (Lever and Boreham, USENIX 2000), but every thread has both
//   roles, so that blocks flow in a circle.
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/workloads/block_ring.h"
#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class RingExchange {
 public:
  // The ring that each thread reads from.
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : rings(static_cast<size_t>(context.threads)) {}
    std::vector<BlockRing> rings;
  };

  RingExchange(Context<Meter>& context, Shared& shared)
      : context_(context),
        dice_(context.NewDice()),
        from_(shared.rings[static_cast<size_t>(context.index)]),
        to_(shared.rings[static_cast<size_t>((context.index + 1) %
                                             context.threads)]) {}

  void Run() {
    static constexpr int64_t kRound = 64;
    context_.Repeat([this] {
      for (int64_t i = 0; i < kRound; ++i) {
        char* message = context_.blocks.New(dice_.Between(16, 512));
        while (!to_.TryPush(message)) {
          if (!Receive(from_.TryPop())) std::this_thread::yield();
        }
      }
      while (Receive(from_.TryPop())) {
      }
      return int64_t{0};
    });
    to_.Close(context_.part);
    while (Receive(from_.Pop(context_.part))) {
    }
  }

 private:
  // False when there is no message.
  bool Receive(char* message) {
    if (message == nullptr) return false;
    Read(message);
    context_.blocks.Delete(message);
    ++context_.operations;
    return true;
  }

  Context<Meter>& context_;
  Dice dice_;
  BlockRing& from_;
  BlockRing& to_;
};

}  // namespace

HEADROOM_WORKLOAD(ring_exchange) = {
    .name = "ring_exchange",
    .pattern = "hand-over",
    .about =
        "messages around a circle of threads: each frees what the last one "
        "sent",
    .source = "remote frees as in xmalloc-test, Lever and Boreham, USENIX 2000",
    .throughput = kThroughputOf<RingExchange>,
    .latency = kLatencyOf<RingExchange>,
};

}  // namespace headroom
