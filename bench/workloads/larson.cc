// A server whose blocks outlive the thread that made them.
//
// Pattern: each thread has a set of 1000 blocks of 8 to 1000 bytes, and
//   replaces random ones; after 5000 of them it exchanges the set for that of a
//   neighbour, so that most blocks are freed by another thread than allocated
//   them.
// Source: Larson and Krishnan, "Memory Allocation for Long-Running Server
//   Applications", ISMM 1998, where a new thread takes over the set. Sizes as
//   in mimalloc-bench's run of it (larson 5 8 1000 5000 100 4141 N), number of
//   blocks as in Hoard's (larson 10 7 8 1000 10000 1 N).
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

constexpr uint32_t kSetBlocks = 1000;
using BlockSet = std::array<char*, kSetBlocks>;

template <typename Meter>
class Larson {
 public:
  // Two sets a thread: one in its hands, one on its shelf. A thread exchanges
  // sets on its own shelf and on the next one's by turns.
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : sets(2 * static_cast<size_t>(context.threads)),
          shelves(static_cast<size_t>(context.threads)) {}
    std::vector<BlockSet> sets;
    std::vector<std::atomic<BlockSet*>> shelves;
  };

  Larson(Context<Meter>& context, Shared& shared)
      : context_(context),
        dice_(context.NewDice()),
        own_(static_cast<size_t>(context.index)),
        shared_(shared),
        set_(NewSet(2 * own_)) {
    shared.shelves[own_] = NewSet(2 * own_ + 1);
  }
  ~Larson() {
    DeleteSet(set_);
    DeleteSet(shared_.shelves[own_]);
  }

  void Run() {
    static constexpr int64_t kRound = 100;
    static constexpr uint32_t kRoundsPerSet = 50;
    context_.Repeat([this] {
      for (int64_t i = 0; i < kRound; ++i) {
        char*& block = (*set_)[dice_.Roll(kSetBlocks)];
        context_.blocks.Delete(block);
        block = NewBlock();
      }
      if (++rounds_ % kRoundsPerSet == 0) {
        const bool even = rounds_ / kRoundsPerSet % 2 == 0;
        const size_t next = (own_ + 1) % shared_.shelves.size();
        set_ = shared_.shelves[even ? own_ : next].exchange(set_);
      }
      return kRound;
    });
  }

 private:
  char* NewBlock() { return context_.blocks.New(dice_.Between(8, 1000)); }

  BlockSet* NewSet(size_t place) {
    BlockSet* set = &shared_.sets[place];
    for (char*& block : *set) block = NewBlock();
    return set;
  }
  void DeleteSet(BlockSet* set) {
    for (char* block : *set) context_.blocks.Delete(block);
  }

  Context<Meter>& context_;
  Dice dice_;
  const size_t own_;
  Shared& shared_;
  BlockSet* set_;
  uint32_t rounds_ = 0;
};

}  // namespace

HEADROOM_WORKLOAD(larson) = {
    .name = "larson",
    .pattern = "hand-over",
    .about =
        "sets of 1000 blocks of 8 to 1000 bytes, replaced at random, that go "
        "from thread to thread",
    .source = "Larson and Krishnan, ISMM 1998; sizes as in mimalloc-bench",
    .quick = true,
    .throughput = kThroughputOf<Larson>,
    .latency = kLatencyOf<Larson>,
};

}  // namespace headroom
