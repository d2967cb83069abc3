// Fuzzes the heap: any sequence of calls, threads, time and refusals of the
// kernel, on any level of hardening, against a shadow model.
//
// Takes from: heap_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/heap/heap_operations.h"
#include "fuzz/heap/heap_state.h"

namespace headroom {
namespace {

struct HeapTarget {
  static constexpr char kName[] = "heap";
  static constexpr char kStateType[] = "HeapState";
  static constexpr const char* kHeaders[] = {"fuzz/heap/heap_operations.h"};
  static constexpr int kMostOperations = 500;

  using Setup = HeapSetup;
  using Operation = HeapOperation;
  using State = HeapState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadHeapOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<HeapTarget> target;
  return target;
}

}  // namespace headroom
