// What one thread of a workload is given.
//
// Role: which thread it is, its blocks, whether it is time to stop, and where
//   it counts what it did.
// Takes from: blocks, dice, run_pattern. Gives to: workloads.
#ifndef BENCH_WORKLOADS_CONTEXT_H_
#define BENCH_WORKLOADS_CONTEXT_H_

#include <atomic>
#include <cstdint>

#include "bench/workloads/blocks.h"
#include "bench/workloads/dice.h"

namespace headroom {

// No initialisers: it lies in zeroed memory, see MappedArray.
template <typename Meter>
struct alignas(128) Context {
  int index;
  int threads;
  int part;  // even: a warm-up, odd: measured
  int64_t operations;
  int64_t most_operations;  // in each part
  const std::atomic<bool>* stop;
  Blocks<Meter> blocks;

  bool is_warm_up() const { return part % 2 == 0; }

  Dice NewDice() const { return Dice(static_cast<uint64_t>(index) + 1); }

  // Whether it is time to stop, or all are done.
  bool IsOver(int64_t done) const {
    return stop->load(std::memory_order_relaxed) || done >= most_operations;
  }

  // Runs `round`, which returns how many operations it did, until it is over,
  // but at least once.
  template <typename Round>
  void Repeat(Round round) {
    int64_t done = 0;
    do {
      done += round();
    } while (!IsOver(done));
    operations += done;
  }
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_CONTEXT_H_
