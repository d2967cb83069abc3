// The instructions of the thread caches' fuzzer, and how bytes become
// instructions.
//
// Role: each is a small struct with Perform(state). ReadThreadCacheOperation
//   never fails: any bytes are a program.
// Takes from: thread_cache_state, byte_reader. Gives to: thread_cache_fuzzer.
#ifndef FUZZ_THREAD_CACHE_THREAD_CACHE_OPERATIONS_H_
#define FUZZ_THREAD_CACHE_THREAD_CACHE_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/thread_cache/thread_cache_state.h"
#include "fuzz/world/world_operations.h"

namespace headroom {

struct AllocateOperation {
  size_t thread;
  uint32_t number;  // of the class
  uint32_t count;
  void Perform(ThreadCacheState& state) const {
    state.Allocate(thread, number, count);
  }
  OperationText Describe() const {
    return {"AllocateOperation",
            {{"thread", thread}, {"number", number}, {"count", count}}};
  }
};

struct FreeOperation {
  size_t thread;
  uint32_t number;
  uint32_t count;
  size_t first;
  size_t step;
  void Perform(ThreadCacheState& state) const {
    state.Free(thread, number, count, first, step);
  }
  OperationText Describe() const {
    return {"FreeOperation",
            {{"thread", thread},
             {"number", number},
             {"count", count},
             {"first", first},
             {"step", step}}};
  }
};

struct DamageOperation {
  size_t index;
  BlockModel::Damage damage;
  void Perform(ThreadCacheState& state) const { state.Damage(index, damage); }
  OperationText Describe() const {
    return {"DamageOperation", {{"index", index}, {"damage", damage}}};
  }
};

enum class Life : uint8_t { kAttach, kDetach, kFlush, kFork };
std::string Expression(Life life);

struct ThreadOperation {
  Life life;
  size_t thread;
  void Perform(ThreadCacheState& state) const {
    switch (life) {
      case Life::kAttach:
        return state.Attach(thread);
      case Life::kDetach:
        return state.Detach(thread);
      case Life::kFlush:
        return state.Flush(thread);
      case Life::kFork:
        return state.Fork(thread);
    }
  }
  OperationText Describe() const {
    return {"ThreadOperation", {{"life", life}, {"thread", thread}}};
  }
};

struct ScavengeOperation {
  bool all;
  void Perform(ThreadCacheState& state) const { state.Scavenge(all); }
  OperationText Describe() const {
    return {"ScavengeOperation", {{"all", all}}};
  }
};

using ThreadCacheOperation =
    std::variant<AllocateOperation, FreeOperation, DamageOperation,
                 ThreadOperation, ScavengeOperation, PassTimeOperation,
                 RefuseLaterOperation>;

ThreadCacheOperation ReadThreadCacheOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_THREAD_CACHE_THREAD_CACHE_OPERATIONS_H_
