// Threads that only allocate, and threads that only free.
//
// Role: what one_to_many, many_to_one and many_to_many share; Roles says who
//   is what: Producers(threads) of them, Produces(index).
// Source: xmalloc-test, Lever and Boreham, "malloc() Performance in a
//   Multithreaded Linux Environment", USENIX 2000 (FREENIX): its 17 sizes from
//   8 to 2048 bytes, here each as likely; batches of 256 in place of 4096.
// Takes from: context, block_depot. Gives to: the three.
#ifndef BENCH_WORKLOADS_PRODUCERS_TO_CONSUMERS_H_
#define BENCH_WORKLOADS_PRODUCERS_TO_CONSUMERS_H_

#include <cstddef>
#include <cstdint>

#include "bench/workloads/block_depot.h"
#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"

namespace headroom {

template <typename Meter, typename Roles>
class ProducersToConsumers {
 public:
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : depot(4 * static_cast<size_t>(context.threads),
                Roles::Producers(context.threads)) {}
    BlockDepot depot;
  };

  ProducersToConsumers(Context<Meter>& context, Shared& shared)
      : context_(context), dice_(context.NewDice()), depot_(shared.depot) {}

  void Run() {
    if (Roles::Produces(context_.index)) {
      Produce();
    } else {
      Consume();
    }
  }

 private:
  // 8, 12, 16, 24, 32 and so on to 2048.
  size_t SomeBytes() {
    static constexpr uint32_t kSizes = 17;
    const uint32_t roll = dice_.Roll(kSizes);
    return size_t{8 + 4 * (roll % 2)} << (roll / 2);
  }

  void Produce() {
    context_.Repeat([this] {
      BlockBatch* batch = depot_.TakeEmpty();
      for (char*& block : batch->blocks) {
        block = context_.blocks.New(SomeBytes());
      }
      depot_.GiveFull(batch);
      return int64_t{0};
    });
    depot_.Close();
  }

  void Consume() {
    while (BlockBatch* batch = depot_.TakeFull(context_.part)) {
      for (char* block : batch->blocks) {
        Read(block);
        context_.blocks.Delete(block);
      }
      context_.operations += BlockBatch::kBlocks;
      depot_.GiveEmpty(batch);
    }
  }

  Context<Meter>& context_;
  Dice dice_;
  BlockDepot& depot_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_PRODUCERS_TO_CONSUMERS_H_
