// What an instruction of the heap fuzzer works on: a heap, its shadow model,
// and simulated threads.
//
// Role: carries out calls as one of the threads and checks each answer; knows
//   the invariants that hold between instructions.
// Takes from: heap_under_test, heap_model. Gives to: heap_operations.
// One instance at a time: the heap's callbacks find it by a static pointer.
#ifndef FUZZ_HEAP_STATE_H_
#define FUZZ_HEAP_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "fuzz/heap_model.h"
#include "fuzz/heap_under_test.h"

namespace headroom {

class HeapState {
 public:
  static constexpr size_t kThreads = 8;

  explicit HeapState(const Options& options);
  ~HeapState();
  HeapState(const HeapState&) = delete;
  HeapState& operator=(const HeapState&) = delete;

  // Calls of the current thread. A refused allocation changes nothing.
  void Allocate(Origin origin, size_t bytes);
  void AllocateZeroed(size_t bytes);
  void AllocateAligned(Origin origin, size_t alignment, size_t bytes);
  // `index` is taken modulo the number of live blocks; nothing happens when
  // there is none.
  void Reallocate(size_t index, size_t bytes);
  void Free(size_t index);
  // Says the size, and the alignment if one was asked for.
  void FreeSized(size_t index);

  void SwitchThread(size_t thread) { current_ = thread % kThreads; }
  // Ends the current thread; the next one in its place is new. `dying`: its
  // last calls come after its cache is gone, as those of destructors do.
  void EndThread(bool dying);
  void AdvanceClock(uint64_t milliseconds) { now_ms_ += milliseconds; }
  // Asked at every reading of the clock, if set: true fails it.
  std::function<bool()> clock_fails;
  // The current thread's next allocation is a sampled one.
  void SampleNext();
  // As malloc_trim does.
  void ReleaseMemory(size_t bytes);

  HeapUnderTest& under_test() { return under_test_; }
  const HeapModel& model() const { return model_; }
  // How many requests were refused so far.
  uint64_t nulls() const { return nulls_; }

  // Cheap: to be checked after every instruction.
  void CheckInvariants();
  // Every block of every class is accounted for.
  void CheckConservation();
  // Frees all, ends all threads: then nothing is left in use.
  void Finish();

 private:
  struct Thread {
    ThreadCache* cache;
    bool dying = false;
  };

  // Watches over errno and refusals during one call of the heap.
  class Call;

  static ThreadCache* Attach();
  static uint64_t Now();

  Thread& current() { return threads_[current_]; }
  void AddBlock(void* block, size_t bytes, size_t alignment, Origin origin);
  // The model's block of this index, its content checked, then forgotten.
  HeapModel::Block Take(size_t index);

  uint64_t now_ms_ = 1000;
  HeapUnderTest under_test_;
  HeapModel model_;
  uint64_t nulls_ = 0;
  ThreadCache unborn_;
  std::array<Thread, kThreads> threads_;
  size_t current_ = 0;
  uint8_t next_seed_ = 1;
};

}  // namespace headroom

#endif  // FUZZ_HEAP_STATE_H_
