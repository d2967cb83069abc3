// The instructions of the central lists' fuzzer, and how bytes become
// instructions.
//
// Role: each is a small struct with Perform(state).
//   ReadCentralFreeListOperation never fails: any bytes are a program.
// Takes from: central_free_list_state, byte_reader. Gives to:
//   central_free_list_fuzzer.
#ifndef FUZZ_CENTRAL_FREE_LIST_CENTRAL_FREE_LIST_OPERATIONS_H_
#define FUZZ_CENTRAL_FREE_LIST_CENTRAL_FREE_LIST_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/central_free_list/central_free_list_state.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/world/world_operations.h"

namespace headroom {

struct TakeOperation {
  CentralFreeListState::TakeWay way;
  uint32_t number;  // of the class
  uint32_t shard;
  uint32_t want;
  void Perform(CentralFreeListState& state) const {
    state.Take(way, number, shard, want);
  }
  OperationText Describe() const {
    return {
        "TakeOperation",
        {{"way", way}, {"number", number}, {"shard", shard}, {"want", want}}};
  }
};

struct PutOperation {
  CentralFreeListState::PutWay way;
  uint32_t number;
  uint32_t shard;
  uint32_t count;
  size_t first;
  size_t step;
  bool damaged;
  void Perform(CentralFreeListState& state) const {
    state.Put(way, number, shard, count, first, step, damaged);
  }
  OperationText Describe() const {
    return {"PutOperation",
            {{"way", way},
             {"number", number},
             {"shard", shard},
             {"count", count},
             {"first", first},
             {"step", step},
             {"damaged", damaged}}};
  }
};

struct DamageOperation {
  size_t index;
  BlockModel::Damage damage;
  void Perform(CentralFreeListState& state) const {
    state.Damage(index, damage);
  }
  OperationText Describe() const {
    return {"DamageOperation", {{"index", index}, {"damage", damage}}};
  }
};

struct PutAgainOperation {
  size_t index;
  void Perform(CentralFreeListState& state) const { state.PutAgain(index); }
  OperationText Describe() const {
    return {"PutAgainOperation", {{"index", index}}};
  }
};

struct ScavengeOperation {
  bool all;
  void Perform(CentralFreeListState& state) const { state.Scavenge(all); }
  OperationText Describe() const {
    return {"ScavengeOperation", {{"all", all}}};
  }
};

using CentralFreeListOperation =
    std::variant<TakeOperation, PutOperation, DamageOperation,
                 PutAgainOperation, ScavengeOperation, PassTimeOperation,
                 RefuseLaterOperation>;

CentralFreeListOperation ReadCentralFreeListOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_CENTRAL_FREE_LIST_CENTRAL_FREE_LIST_OPERATIONS_H_
