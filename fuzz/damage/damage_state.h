// What an instruction of the damage fuzzer works on: a heap, and a program
// that overwrites its words and frees what it does not have.
//
// Role: carries out good calls, bad calls and wild writes. Each bad call, and
//   each good one on a block whose words were overwritten, has to be reported;
//   no other may be. Whatever was overwritten: no block is handed out that
//   somebody holds, nobody's content changes, nothing crashes.
// Takes from: heap_under_test, damage_model, report_log. Gives to:
//   damage_operations. One instance at a time: the clock is static.
#ifndef FUZZ_DAMAGE_DAMAGE_STATE_H_
#define FUZZ_DAMAGE_DAMAGE_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "fuzz/damage/damage_model.h"
#include "fuzz/world/heap_under_test.h"
#include "fuzz/world/level_setup.h"

namespace headroom {

class DamageState {
 public:
  static constexpr size_t kThreads = 3;
  static constexpr size_t kMostBlocks = 400;

  explicit DamageState(const LevelSetup& setup);
  DamageState(const DamageState&) = delete;
  DamageState& operator=(const DamageState&) = delete;

  // Any index is taken modulo what there is; nothing happens when there is
  // nothing.
  void Allocate(Origin origin, size_t alignment, size_t bytes);
  void AllocateZeroed(size_t bytes);
  void Reallocate(size_t index, size_t bytes);
  void Free(size_t index, bool sized);
  void AskSize(size_t index);

  // Bad calls.
  void FreeWithWrongSize(size_t index, size_t more);
  void FreeWithWrongAlignment(size_t index, size_t odd);
  void FreeAsAnother(size_t index);
  void FreeInside(size_t index, size_t offset);
  void FreeAgain(size_t index);

  // Wild writes, `offset` bytes from the header or the end of a block.
  enum class Place : uint8_t { kHeader, kBase, kEnd, kFreed };
  void Overwrite(Place place, size_t index, ptrdiff_t offset,
                 std::span<const char> bytes);
  // With a genuine word: of a block that is held or was freed, live or free,
  // at its own place or another; but for that of a block that was live here.
  enum class Word : uint8_t { kHeld, kFreedLive, kFreed };
  void Replay(Place place, size_t index, Word word, size_t from);

  void SwitchThread(size_t thread) { current_ = thread % kThreads; }
  void EndThread();
  void PassTime(uint64_t milliseconds);
  void ReleaseMemory();

  void AfterOperation();
  // Frees all that is held, with its words put back.
  void Finish();

 private:
  static uint64_t Now() { return now_ms_; }

  ThreadCache* cache() { return caches_[current_]; }
  void AddBlock(void* block, size_t bytes, size_t alignment, Origin origin);
  void CallFree(void* block, Origin origin);
  bool MayBeFreed(const DamageModel::Block& block, Origin origin) const;
  char* PlaceOf(Place place, size_t index);

  static inline uint64_t now_ms_ = 0;

  HeapUnderTest under_test_;
  DamageModel model_{under_test_};
  std::array<ThreadCache*, kThreads> caches_;
  size_t current_ = 0;
  uint8_t next_seed_ = 1;
};

std::string Expression(DamageState::Place place);
std::string Expression(DamageState::Word word);

}  // namespace headroom

#endif  // FUZZ_DAMAGE_DAMAGE_STATE_H_
