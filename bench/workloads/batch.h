// What batch_lifo, batch_fifo and batch_random share: a batch of blocks of one
// size, freed in an order that is made once. Takes from: context. Gives to: the
// three.
#ifndef BENCH_WORKLOADS_BATCH_H_
#define BENCH_WORKLOADS_BATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "bench/workloads/context.h"

namespace headroom {

constexpr size_t kBatchBlocks = 1000;
using BatchOrder = std::array<uint32_t, kBatchBlocks>;

inline BatchOrder Ascending() {
  BatchOrder order;
  std::iota(order.begin(), order.end(), 0);
  return order;
}

template <typename Meter>
class Batch {
 public:
  Batch(Context<Meter>& context, const BatchOrder& order)
      : context_(context), order_(order) {}

  void Run() {
    static constexpr size_t kBytes = 64;
    context_.Repeat([this, &blocks = context_.blocks] {
      for (char*& block : batch_) block = blocks.New(kBytes);
      for (const uint32_t i : order_) blocks.Delete(batch_[i]);
      return static_cast<int64_t>(kBatchBlocks);
    });
  }

 private:
  Context<Meter>& context_;
  const BatchOrder order_;
  std::array<char*, kBatchBlocks> batch_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_BATCH_H_
