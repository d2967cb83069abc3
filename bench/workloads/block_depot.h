// Where producers leave blocks and consumers take them, a batch at a time.
//
// Role: what one_to_many, many_to_one and many_to_many hand over with; a batch
//   is long enough that its lock is not what is measured. All batches exist
//   from the start, so that a consumer never allocates and producers wait for
//   those who lag.
// Takes from: nothing. Gives to: producers_to_consumers.
// Lock: one mutex for both stacks. Invariant: a batch is empty, full or in one
//   thread's hands. Every producer closes each part once.
#ifndef BENCH_WORKLOADS_BLOCK_DEPOT_H_
#define BENCH_WORKLOADS_BLOCK_DEPOT_H_

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace headroom {

struct BlockBatch {
  static constexpr size_t kBlocks = 4096;
  BlockBatch* next = nullptr;
  std::array<char*, kBlocks> blocks;
};

class BlockDepot {
 public:
  BlockDepot(size_t batches, int producers)
      : batches_(batches), producers_(producers) {
    for (BlockBatch& batch : batches_) Push(empty_, &batch);
  }

  // Waits for one.
  BlockBatch* TakeEmpty() {
    std::unique_lock lock(mutex_);
    gave_empty_.wait(lock, [this] { return empty_ != nullptr; });
    return Pop(empty_);
  }
  void GiveFull(BlockBatch* batch) { Give(full_, batch, gave_full_); }

  // Waits for one; null when all producers have closed this part and none is
  // left.
  BlockBatch* TakeFull(int part) {
    std::unique_lock lock(mutex_);
    gave_full_.wait(lock, [this, part] {
      return full_ != nullptr || closed_ == producers_ * (part + 1);
    });
    return full_ == nullptr ? nullptr : Pop(full_);
  }
  void GiveEmpty(BlockBatch* batch) { Give(empty_, batch, gave_empty_); }

  void Close() {
    const std::lock_guard lock(mutex_);
    ++closed_;
    gave_full_.notify_all();
  }

 private:
  static void Push(BlockBatch*& stack, BlockBatch* batch) {
    batch->next = stack;
    stack = batch;
  }
  static BlockBatch* Pop(BlockBatch*& stack) {
    BlockBatch* batch = stack;
    stack = batch->next;
    return batch;
  }
  void Give(BlockBatch*& stack, BlockBatch* batch,
            std::condition_variable& gave) {
    const std::lock_guard lock(mutex_);
    Push(stack, batch);
    gave.notify_one();
  }

  std::vector<BlockBatch> batches_;
  const int producers_;
  std::mutex mutex_;
  std::condition_variable gave_empty_;
  std::condition_variable gave_full_;
  BlockBatch* empty_ = nullptr;
  BlockBatch* full_ = nullptr;
  int closed_ = 0;  // times that a producer closed a part
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_BLOCK_DEPOT_H_
