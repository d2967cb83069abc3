// Fuzzes the heap under a program that overwrites headers, tails and freed
// blocks and frees what it does not have, on any level of hardening.
//
// Takes from: damage_operations. Gives to: engine.
#include "fuzz/damage/damage_operations.h"
#include "fuzz/damage/damage_state.h"
#include "fuzz/engine/program_target.h"

namespace headroom {
namespace {

struct DamageTarget {
  static constexpr char kName[] = "damage";
  static constexpr char kStateType[] = "DamageState";
  static constexpr const char* kHeaders[] = {"fuzz/damage/damage_operations.h",
                                             "fuzz/damage/damage_state.h"};
  static constexpr int kMostOperations = 400;

  using Setup = LevelSetup;
  using Operation = DamageOperation;
  using State = DamageState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadDamageOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<DamageTarget> target;
  return target;
}

}  // namespace headroom
