// What an operation of the threads fuzzer works on: real threads with caches of
// one heap.
//
// Role: one thread at a time, or several at once and then a look at all that
//   each of them holds; knows the invariants that hold while nobody is in the
//   heap.
// Takes from: thread_life, thread_pool. Gives to: threads_operations.
// One instance at a time.
#ifndef FUZZ_THREADS_THREADS_STATE_H_
#define FUZZ_THREADS_THREADS_STATE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/threads/step.h"
#include "fuzz/threads/thread_life.h"
#include "fuzz/threads/thread_pool.h"
#include "fuzz/world/level_setup.h"

namespace headroom {

struct ThreadsSetup {
  uint8_t levels;
  uint32_t threads;
  uint32_t forks;         // at most
  uint32_t sample_every;  // 0: never

  static ThreadsSetup Read(ByteReader& bytes) {
    const uint8_t levels = bytes.Byte();
    const uint8_t kind = bytes.Byte();
    constexpr uint32_t kSamples[] = {0, 0, 1, 5};
    // A fork takes as long as a thousand steps.
    return {levels, 2u + kind % 7, kind >= 224 ? kind % 2 + 1u : 0u,
            kSamples[kind / 7 % 4]};
  }
  OperationText Describe() const {
    return {"ThreadsSetup",
            {{"levels", levels},
             {"threads", threads},
             {"forks", forks},
             {"sample_every", sample_every}}};
  }
};

class ThreadsState {
 public:
  explicit ThreadsState(const ThreadsSetup& setup);
  ThreadsState(const ThreadsState&) = delete;
  ThreadsState& operator=(const ThreadsState&) = delete;

  // Threads are taken modulo how many there are.
  void Perform(size_t thread, const Step& step);
  // One thread for each script, from `first` on.
  void Burst(size_t first, const std::vector<Script>& scripts);
  void HandOver(size_t from, size_t index, size_t to);

  HeapUnderTest& under_test() { return world_.under_test; }
  FuzzOs& os() { return under_test().os; }

  // The invariants that hold while nobody is in the heap.
  void AfterOperation();
  // Frees all, ends all threads: then nothing is left in use.
  void Finish();

 private:
  void CheckInvariants();
  // Nobody holds what another one holds.
  void CheckOwners() const;
  // Every block of every class is accounted for.
  void CheckConservation();
  std::vector<OwnedBlock> LiveBlocks() const;

  ThreadPool& pool_ = ThreadPool::Instance();
  SharedWorld world_;
  std::vector<std::unique_ptr<ThreadLife>> lives_;
  int operations_ = 0;
};

}  // namespace headroom

#endif  // FUZZ_THREADS_THREADS_STATE_H_
