// Fuzzes the parser of HEADROOM_OPTIONS: an input is such a string.
//
// Takes from: options_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/options/options_operations.h"
#include "fuzz/options/options_state.h"

namespace headroom {
namespace {

struct OptionsTarget {
  static constexpr char kName[] = "options";
  static constexpr char kStateType[] = "OptionsState";
  static constexpr const char* kHeaders[] = {
      "fuzz/options/options_operations.h"};
  static constexpr int kMostOperations = 64;

  using Setup = EmptySetup;
  using Operation = OptionsOperation;
  using State = OptionsState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadOptionsOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<OptionsTarget> target;
  return target;
}

}  // namespace headroom
