// A queue of blocks, of one producer and one consumer.
//
// Role: what producer_consumer and ring_exchange hand blocks over with: as
//   cheap as a queue can be, so that the allocator is what is measured.
// Takes from: nothing. Gives to: workloads.
// Invariant: end - begin = blocks in it, at most kPlaces. Who fills it closes
//   it at the end of each part, and then it is drained.
#ifndef BENCH_WORKLOADS_BLOCK_RING_H_
#define BENCH_WORKLOADS_BLOCK_RING_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

namespace headroom {

class BlockRing {
 public:
  static constexpr size_t kPlaces = 1024;

  bool TryPush(char* block) {
    const size_t end = end_.load(std::memory_order_relaxed);
    if (end - begin_.load(std::memory_order_acquire) == kPlaces) return false;
    places_[end % kPlaces] = block;
    end_.store(end + 1, std::memory_order_release);
    return true;
  }
  // Null when there is none.
  char* TryPop() {
    const size_t begin = begin_.load(std::memory_order_relaxed);
    if (end_.load(std::memory_order_acquire) == begin) return nullptr;
    char* block = places_[begin % kPlaces];
    begin_.store(begin + 1, std::memory_order_release);
    return block;
  }

  void Push(char* block) {
    while (!TryPush(block)) std::this_thread::yield();
  }
  // Null when the producer has closed this part and nothing is left.
  char* Pop(int part) {
    for (;;) {
      const bool closed = closed_part_.load(std::memory_order_acquire) >= part;
      if (char* block = TryPop(); block != nullptr || closed) return block;
      std::this_thread::yield();
    }
  }
  void Close(int part) { closed_part_.store(part, std::memory_order_release); }

 private:
  alignas(128) std::atomic<size_t> begin_{0};
  alignas(128) std::atomic<size_t> end_{0};
  std::atomic<int> closed_part_{-1};
  alignas(128) std::array<char*, kPlaces> places_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_BLOCK_RING_H_
