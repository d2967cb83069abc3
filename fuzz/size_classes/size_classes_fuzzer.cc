// Fuzzes the pure functions from sizes to classes, payloads and good sizes.
//
// Takes from: size_classes_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/size_classes/size_classes_operations.h"
#include "fuzz/size_classes/size_classes_state.h"

namespace headroom {
namespace {

struct SizeClassesTarget {
  static constexpr char kName[] = "size_classes";
  static constexpr char kStateType[] = "SizeClassesState";
  static constexpr const char* kHeaders[] = {
      "fuzz/size_classes/size_classes_operations.h"};
  static constexpr int kMostOperations = 1000;

  using Setup = EmptySetup;
  using Operation = SizeClassesOperation;
  using State = SizeClassesState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadSizeClassesOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<SizeClassesTarget> target;
  return target;
}

}  // namespace headroom
