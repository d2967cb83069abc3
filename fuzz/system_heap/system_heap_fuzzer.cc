// Fuzzes the system heap: any sequence of calls on a kernel that refuses, and
// among neighbours that move the break.
//
// Takes from: system_heap_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/system_heap/system_heap_operations.h"
#include "fuzz/system_heap/system_heap_state.h"

namespace headroom {
namespace {

struct SystemHeapTarget {
  static constexpr char kName[] = "system_heap";
  static constexpr char kStateType[] = "SystemHeapState";
  static constexpr const char* kHeaders[] = {
      "fuzz/system_heap/system_heap_operations.h",
      "fuzz/system_heap/system_heap_state.h"};
  static constexpr int kMostOperations = 500;

  using Setup = SystemHeapSetup;
  using Operation = SystemHeapOperation;
  using State = SystemHeapState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadSystemHeapOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<SystemHeapTarget> target;
  return target;
}

}  // namespace headroom
