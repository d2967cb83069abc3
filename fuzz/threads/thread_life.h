// One thread of the program under test: its cache and its blocks.
//
// Role: carries out steps on the real thread that calls it, and checks each
//   answer. Content is checked whenever a block changes hands or dies.
// Takes from: shared_world. Gives to: threads_state.
#ifndef FUZZ_THREADS_THREAD_LIFE_H_
#define FUZZ_THREADS_THREAD_LIFE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/threads/shared_world.h"
#include "fuzz/threads/step.h"

namespace headroom {

class ThreadLife {
 public:
  static constexpr size_t kMostBlocks = 1000;

  // Seeds of blocks differ from thread to thread.
  ThreadLife(SharedWorld& world, size_t number)
      : world_(world), next_seed_(static_cast<uint8_t>(number * 32)) {}
  ThreadLife(const ThreadLife&) = delete;
  ThreadLife& operator=(const ThreadLife&) = delete;

  void Perform(const Step& step);

  // Frees all its blocks and ends.
  void Finish();

  // While it does nothing.
  const std::vector<OwnedBlock>& blocks() const { return blocks_; }
  // From or to another thread's; nothing happens when there is none.
  void HandOver(size_t index, ThreadLife& to);

  // As the heap wants it: a cache for the thread that calls.
  static ThreadCache* Attach();

 private:
  void Once(const Step& step, size_t index);
  void Allocate(const Step& step, size_t index);
  void Reallocate(size_t index, size_t bytes);
  void Free(const OwnedBlock& block, bool sized);
  void AddBlock(void* block, size_t bytes, size_t alignment);
  void CheckAnswer(const void* block, size_t bytes, uint64_t refusals) const;
  OwnedBlock Take(size_t index);
  void ReadStatistics();
  void EndThread(bool dying);
  void Fork();
  [[noreturn]] void LiveAsChild();

  HeapUnderTest& heap() { return world_.under_test; }

  static thread_local ThreadLife* current_;

  SharedWorld& world_;
  ThreadCache unborn_;
  ThreadCache* cache_ = &unborn_;
  bool dying_ = false;
  std::vector<OwnedBlock> blocks_;
  uint8_t next_seed_;
};

}  // namespace headroom

#endif  // FUZZ_THREADS_THREAD_LIFE_H_
