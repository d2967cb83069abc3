// Fuzzes the guard pool, over the system heap.
//
// Takes from: guard_pool_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/guard_pool/guard_pool_operations.h"
#include "fuzz/guard_pool/guard_pool_state.h"

namespace headroom {
namespace {

struct GuardPoolTarget {
  static constexpr char kName[] = "guard_pool";
  static constexpr char kStateType[] = "GuardPoolState";
  static constexpr const char* kHeaders[] = {
      "fuzz/guard_pool/guard_pool_operations.h"};
  static constexpr int kMostOperations = 200;

  using Setup = EmptySetup;
  using Operation = GuardPoolOperation;
  using State = GuardPoolState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadGuardPoolOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<GuardPoolTarget> target;
  return target;
}

}  // namespace headroom
