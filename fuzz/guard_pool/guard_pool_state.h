// What an instruction of the guard pool's fuzzer works on: a pool over a kernel
// of the fuzzer's, and a model of its slots.
//
// Role: carries out calls, writes to blocks as their owners do and behind them
//   as nobody should, and checks each answer.
// Takes from: guard, fuzz_os, guard_model. Gives to: guard_pool_operations.
#ifndef FUZZ_GUARD_POOL_GUARD_POOL_STATE_H_
#define FUZZ_GUARD_POOL_GUARD_POOL_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "allocator/guard/guard_pool.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/system_heap.h"
#include "fuzz/engine/empty_setup.h"
#include "fuzz/guard_pool/guard_model.h"
#include "fuzz/guard_pool/guard_source.h"
#include "fuzz/world/fuzz_os.h"

namespace headroom {

class GuardPoolState {
 public:
  // Where an address is counted from.
  enum class Origin : uint8_t { kBlock, kBlockEnd, kPool, kPoolEnd };

  explicit GuardPoolState(EmptySetup);
  GuardPoolState(const GuardPoolState&) = delete;
  GuardPoolState& operator=(const GuardPoolState&) = delete;

  // `alignment`: a power of two, at least kBlockAlignment.
  void Allocate(size_t bytes, size_t alignment);
  // Any index is taken modulo what there is; nothing happens when there is
  // nothing.
  void FreeLive(size_t index);
  // Of whatever lies there; no block's start is a bad call.
  void FreeAt(Origin origin, size_t index, ptrdiff_t offset);
  // Every question about an address.
  void Look(Origin origin, size_t index, ptrdiff_t offset);
  // Changes a byte behind a live block, or changes it back.
  void Overrun(size_t index, size_t offset, uint8_t bits);
  // From `skip` calls of this kind on, refuses `count` of them.
  void RefuseKind(OsCall call, uint32_t skip, uint32_t count);
  void Fork(bool in_child);
  // Draws `count` distances of a sampler.
  void Sample(uint64_t seed, uint32_t every, uint32_t count);

  FuzzOs& os() { return os_; }

  void AfterOperation();
  // Frees all; then every slot that was not lost can be used.
  void Finish();

 private:
  uintptr_t Address(Origin origin, size_t index, ptrdiff_t offset);
  StackTrace NextStack();
  void Adopt(GuardModel::Slot& slot, uintptr_t frame);
  void CheckDescription(uintptr_t address) const;
  void CheckNotFreed(uintptr_t address);
  void Free(GuardModel::Slot& slot);

  FuzzOs os_;
  SystemHeap system_{os_};
  MetadataArena arena_{system_};
  GuardSource source_{system_};
  GuardPool pool_{source_, arena_};
  GuardModel model_;
  bool made_ = false;
  uintptr_t last_frame_ = 0;
  size_t allocations_ = 0;
  size_t frees_ = 0;
  OsCall refused_kind_ = OsCall::kProtect;
  uint32_t kind_to_grant_ = 0;
  uint32_t kind_to_refuse_ = 0;
};

std::string Expression(GuardPoolState::Origin origin);
std::string Expression(OsCall call);

}  // namespace headroom

#endif  // FUZZ_GUARD_POOL_GUARD_POOL_STATE_H_
