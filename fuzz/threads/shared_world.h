// What the threads of one input share: the heap, the clock, a mailbox.
//
// Takes from: heap_under_test. Gives to: thread_life, threads_state.
#ifndef FUZZ_THREADS_SHARED_WORLD_H_
#define FUZZ_THREADS_SHARED_WORLD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "allocator/base/origin.h"
#include "fuzz/world/heap_under_test.h"

namespace headroom {

// A live block, as its owner knows it.
struct OwnedBlock {
  char* start;
  size_t usable_bytes;
  size_t bytes;  // as asked for last
  size_t alignment;
  int size_class;  // -1: no small one
  uint8_t seed;
};

// Blocks on their way from one thread to another.
class Mailbox {
 public:
  void Put(const OwnedBlock& block) {
    const std::scoped_lock hold(lock_);
    blocks_.push_back(block);
  }
  std::optional<OwnedBlock> Take() {
    const std::scoped_lock hold(lock_);
    if (blocks_.empty()) return std::nullopt;
    const OwnedBlock block = blocks_.back();
    blocks_.pop_back();
    return block;
  }
  // While nobody else is about.
  const std::vector<OwnedBlock>& blocks() const { return blocks_; }

 private:
  std::mutex lock_;
  std::vector<OwnedBlock> blocks_;
};

struct SharedWorld {
  SharedWorld(const Options& options, Heap::AttachFunction attach,
              MillisecondClock clock, int forks)
      : under_test(options, attach, clock), forks_left(forks) {}

  HeapUnderTest under_test;
  Mailbox mailbox;
  std::atomic<int> forks_left;
};

}  // namespace headroom

#endif  // FUZZ_THREADS_SHARED_WORLD_H_
