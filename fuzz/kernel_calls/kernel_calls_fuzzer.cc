// Fuzzes what the system layer asks of the kernel itself.
//
// Takes from: kernel_calls_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/kernel_calls/kernel_calls_operations.h"
#include "fuzz/kernel_calls/kernel_calls_state.h"

namespace headroom {
namespace {

struct KernelCallsTarget {
  static constexpr char kName[] = "kernel_calls";
  static constexpr char kStateType[] = "KernelCallsState";
  static constexpr const char* kHeaders[] = {
      "fuzz/kernel_calls/kernel_calls_operations.h"};
  static constexpr int kMostOperations = 100;

  using Setup = EmptySetup;
  using Operation = KernelCallsOperation;
  using State = KernelCallsState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadKernelCallsOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<KernelCallsTarget> target;
  return target;
}

}  // namespace headroom
