// Fuzzes the central lists: batches of blocks by every way, as any shard, among
// damaged ones, against models of the blocks and of the stacks.
//
// Takes from: central_free_list_operations. Gives to: engine.
#include "fuzz/central_free_list/central_free_list_operations.h"
#include "fuzz/central_free_list/central_free_list_state.h"
#include "fuzz/engine/program_target.h"

namespace headroom {
namespace {

struct CentralFreeListTarget {
  static constexpr char kName[] = "central_free_list";
  static constexpr char kStateType[] = "CentralFreeListState";
  static constexpr const char* kHeaders[] = {
      "fuzz/central_free_list/central_free_list_operations.h",
      "fuzz/central_free_list/central_free_list_state.h"};
  static constexpr int kMostOperations = 500;

  using Setup = ClassSetup;
  using Operation = CentralFreeListOperation;
  using State = CentralFreeListState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadCentralFreeListOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<CentralFreeListTarget> target;
  return target;
}

}  // namespace headroom
