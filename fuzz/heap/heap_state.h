// What an instruction of the heap fuzzer works on: a heap, its shadow model,
// and simulated threads.
//
// Role: carries out calls as one of the threads and checks each answer; knows
//   the invariants that hold between instructions.
// Takes from: heap_under_test, heap_model. Gives to: heap_operations.
// One instance at a time: the heap's callbacks find it by a static pointer.
#ifndef FUZZ_HEAP_HEAP_STATE_H_
#define FUZZ_HEAP_HEAP_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/heap/heap_model.h"
#include "fuzz/world/heap_under_test.h"
#include "fuzz/world/level_setup.h"

namespace headroom {

struct HeapSetup {
  uint8_t levels;         // see LevelSetup
  uint32_t sample_every;  // 0: never

  static HeapSetup Read(ByteReader& bytes) {
    constexpr uint32_t kSamples[] = {0, 0, 1, 2, 7, 50};
    const uint8_t levels = bytes.Byte();
    return {levels, kSamples[bytes.Byte() % 6]};
  }
  OperationText Describe() const {
    return {"HeapSetup", {{"levels", levels}, {"sample_every", sample_every}}};
  }
};

class HeapState {
 public:
  static constexpr size_t kThreads = 8;

  // Which of the sizes that a sized free may say.
  enum class Said : uint8_t {
    kAskedFor,
    kGoodSize,  // what headroom_nallocx tells
    kBetween,   // some size between these two
    kUsable,    // what the block's size was said to be
  };

  explicit HeapState(const HeapSetup& setup);
  explicit HeapState(const Options& options);
  ~HeapState();
  HeapState(const HeapState&) = delete;
  HeapState& operator=(const HeapState&) = delete;

  // Calls of the current thread. A refused allocation changes nothing.
  void Allocate(Origin origin, size_t bytes);
  // The hit path alone.
  void TryAllocate(size_t bytes);
  void AllocateZeroed(size_t bytes);
  void AllocateAligned(Origin origin, size_t alignment, size_t bytes);
  // `index` is taken modulo the number of live blocks; nothing happens when
  // there is none.
  // As realloc does: 0 bytes free the block. Returns its new index.
  size_t Reallocate(size_t index, size_t bytes);
  void Free(size_t index);
  // Says a size, and the alignment if one was asked for. `more`: of those
  // between, which.
  void FreeSized(size_t index, Said said, size_t more);
  void AskSize(size_t index);
  // As CheckConservation, and what the blocks are in sum.
  void ReadStatistics();
  // Through std::pmr: see heap_resource.h.
  void AllocateResource(size_t alignment, size_t bytes);
  void FreeResource(size_t index);
  void UseContainer(uint32_t kind, uint32_t count);

  void SwitchThread(size_t thread) { current_ = thread % kThreads; }
  // Ends the current thread; the next one in its place is new. `dying`: its
  // last calls come after its cache is gone, as those of destructors do.
  void EndThread(bool dying);
  void AdvanceClock(uint64_t milliseconds) { now_ms_ += milliseconds; }
  // And what is due by then is done.
  void PassTime(uint64_t milliseconds) {
    AdvanceClock(milliseconds);
    under_test_.scavenger.RunIfDue();
  }
  // Asked at every reading of the clock, if set: true fails it.
  std::function<bool()> clock_fails;
  // The current thread's next allocation is a sampled one.
  void SampleNext();
  // As malloc_trim does.
  void ReleaseMemory(size_t bytes);

  HeapUnderTest& under_test() { return under_test_; }
  FuzzOs& os() { return under_test_.os; }
  const HeapModel& model() const { return model_; }
  // How many requests were refused so far.
  uint64_t nulls() const { return nulls_; }

  // The invariants that hold between operations.
  void AfterOperation();
  // Cheap.
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

  static ThreadCache* Attach();
  static uint64_t Now();

  Thread& current() { return threads_[current_]; }
  void AddBlock(void* block, size_t bytes, size_t alignment, Origin origin);
  size_t SaidSize(const HeapModel::Block& block, Said said, size_t more) const;
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
  int operations_ = 0;
};

std::string Expression(HeapState::Said said);

}  // namespace headroom

#endif  // FUZZ_HEAP_HEAP_STATE_H_
