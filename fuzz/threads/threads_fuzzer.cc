// Fuzzes the heap under real threads: one at a time, and several at once.
//
// Takes from: threads_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/threads/threads_operations.h"
#include "fuzz/threads/threads_state.h"

namespace headroom {
namespace {

struct ThreadsTarget {
  static constexpr char kName[] = "threads";
  static constexpr char kStateType[] = "ThreadsState";
  static constexpr const char* kHeaders[] = {
      "fuzz/threads/threads_operations.h"};
  static constexpr int kMostOperations = 200;

  using Setup = ThreadsSetup;
  using Operation = ThreadsOperation;
  using State = ThreadsState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadThreadsOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<ThreadsTarget> target;
  return target;
}

}  // namespace headroom
