// What an instruction of the central lists' fuzzer works on: central lists over
// a kernel of the fuzzer's, and models of the blocks and of the stacks.
//
// Role: takes and puts blocks by every way, as any shard; damages some; checks
//   who gets what, and that every block is accounted for.
// Takes from: central_under_test, block_model, stack_model. Gives to:
//   central_free_list_operations. One instance at a time: the clock is static.
#ifndef FUZZ_CENTRAL_FREE_LIST_CENTRAL_FREE_LIST_STATE_H_
#define FUZZ_CENTRAL_FREE_LIST_CENTRAL_FREE_LIST_STATE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "fuzz/central_free_list/stack_model.h"
#include "fuzz/world/block_model.h"
#include "fuzz/world/central_under_test.h"

namespace headroom {

class CentralFreeListState {
 public:
  using Setup = ClassSetup;

  // Through the cache, and from a span if it has none; from its list alone;
  // only idle ones, or any, as scavenging does; from a span of its own.
  enum class TakeWay : uint8_t { kCache, kList, kIdle, kAny, kNewSpan };
  // Through the cache; on a stack, as many as fit; into their spans.
  enum class PutWay : uint8_t { kCache, kStack, kSpans };

  explicit CentralFreeListState(const ClassSetup& setup);
  CentralFreeListState(const CentralFreeListState&) = delete;
  CentralFreeListState& operator=(const CentralFreeListState&) = delete;

  // Numbers are taken modulo what there is.
  void Take(TakeWay way, uint32_t number, uint32_t shard, uint32_t want);
  // Blocks `step` apart in the model's order. `damaged`: the first one's word
  // is overwritten before.
  void Put(PutWay way, uint32_t number, uint32_t shard, uint32_t count,
           size_t first, size_t step, bool damaged);
  void Damage(size_t index, BlockModel::Damage damage) {
    blocks_.DamageFreed(index, damage);
  }
  // A block that is in its span comes again, its word put back before.
  void PutAgain(size_t index);

  void Scavenge(bool all);
  void PassTime(uint64_t milliseconds);

  FuzzOs& os() { return world_.os; }

  void AfterOperation();
  void Finish();

 private:
  static constexpr uint32_t kMostWanted = kMaxBatchBlocks;

  static uint64_t Now() { return now_ms_; }

  uint32_t NewSpan(SizeClass size_class, uint32_t shard, void** out,
                   uint32_t want);
  void CheckTaken(TakeWay way, SizeClass size_class, uint32_t shard,
                  const CentralStats& before, void* const* out, uint32_t count,
                  uint32_t want);
  void ReturnToSpans(SizeClass size_class, void* const* blocks, uint32_t count);
  void CheckClass(SizeClass size_class);
  uint64_t Unknown(SizeClass size_class);

  static inline uint64_t now_ms_ = 0;

  CentralUnderTest world_;
  BlockModel blocks_;
  std::map<SizeClass, StackModel> stacks_;  // of the classes of this input
};

std::string Expression(CentralFreeListState::TakeWay way);
std::string Expression(CentralFreeListState::PutWay way);

}  // namespace headroom

#endif  // FUZZ_CENTRAL_FREE_LIST_CENTRAL_FREE_LIST_STATE_H_
