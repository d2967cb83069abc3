// A table of live blocks, of which a random one is replaced again and again.
//
// Role: what many workloads share; they differ in Maker, a class whose operator
//   (blocks, dice) makes the next block. A fixed number is live all the time.
// Takes from: context. Gives to: workloads.
#ifndef BENCH_WORKLOADS_RANDOM_REPLACEMENT_H_
#define BENCH_WORKLOADS_RANDOM_REPLACEMENT_H_

#include <cstdint>
#include <vector>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"

namespace headroom {

template <typename Meter, typename Maker, uint32_t kBlocks,
          int64_t kReplacementsPerRound = 100>
class RandomReplacement {
 public:
  using Shared = NothingShared;
  RandomReplacement(Context<Meter>& context, Shared&)
      : context_(context),
        dice_(context.NewDice()),
        maker_(dice_),
        table_(kBlocks) {
    for (char*& block : table_) block = maker_(context_.blocks, dice_);
  }
  ~RandomReplacement() {
    for (char* block : table_) context_.blocks.Delete(block);
  }

  void Run() {
    context_.Repeat([this] {
      for (int64_t i = 0; i < kReplacementsPerRound; ++i) {
        char*& block = table_[dice_.Roll(kBlocks)];
        context_.blocks.Delete(block);
        block = maker_(context_.blocks, dice_);
      }
      return kReplacementsPerRound;
    });
  }

 private:
  Context<Meter>& context_;
  Dice dice_;
  Maker maker_;
  std::vector<char*> table_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_RANDOM_REPLACEMENT_H_
