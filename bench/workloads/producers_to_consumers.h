// Threads that only allocate, and threads that only free.
//
// Role: what one_to_many, many_to_one and many_to_many share; Roles says who
//   is what: Producers(threads) of them, Produces(index).
// Source: xmalloc-test, Lever and Boreham, "malloc() Performance in a
//   Multithreaded Linux Environment", USENIX 2000 (FREENIX), in the form of
//   SuperMalloc and mimalloc-bench (xmalloc-test -w N -t 5 -s 64): blocks of 64
//   bytes, written to; batches of 4096, of which at most 100 wait, the last one
//   is taken first. There a run is 5 s long; here set-up leaves all batches
//   full, so that the heap is as large from the start as it becomes in time.
// Takes from: context, block_depot. Gives to: the three.
#ifndef BENCH_WORKLOADS_PRODUCERS_TO_CONSUMERS_H_
#define BENCH_WORKLOADS_PRODUCERS_TO_CONSUMERS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "bench/workloads/block_depot.h"
#include "bench/workloads/blocks.h"
#include "bench/workloads/context.h"

namespace headroom {

template <typename Meter, typename Roles>
class ProducersToConsumers {
 public:
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : depot(kBatches, Roles::Producers(context.threads)) {}
    BlockDepot depot;
  };

  ProducersToConsumers(Context<Meter>& context, Shared& shared)
      : context_(context), depot_(shared.depot) {
    if (!Produces()) return;
    const auto producers =
        static_cast<size_t>(Roles::Producers(context.threads));
    for (size_t i = 0; i < kBatches / producers; ++i) FillBatch();
  }

  void Run() {
    if (Produces()) {
      Produce();
    } else {
      Consume();
    }
  }

 private:
  static constexpr size_t kBatches = 100;
  static constexpr size_t kBytes = 64;

  bool Produces() const { return Roles::Produces(context_.index); }

  void Produce() {
    context_.Repeat([this] {
      FillBatch();
      return int64_t{0};
    });
    depot_.Close();
  }

  void FillBatch() {
    BlockBatch* batch = depot_.TakeEmpty();
    for (char*& block : batch->blocks) {
      block = context_.blocks.New(kBytes);
      std::memset(block, 1, kBytes);
      Publish(block);
    }
    depot_.GiveFull(batch);
  }

  void Consume() {
    while (BlockBatch* batch = depot_.TakeFull(context_.part)) {
      for (char* block : batch->blocks) context_.blocks.Delete(block);
      context_.operations += BlockBatch::kBlocks;
      depot_.GiveEmpty(batch);
    }
  }

  Context<Meter>& context_;
  BlockDepot& depot_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_PRODUCERS_TO_CONSUMERS_H_
