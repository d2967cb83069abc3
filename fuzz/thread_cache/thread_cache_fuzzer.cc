// Fuzzes the thread caches: calls of a few threads in turn, their births and
// ends, time and damaged blocks, within a small budget.
//
// Takes from: thread_cache_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/thread_cache/thread_cache_operations.h"
#include "fuzz/thread_cache/thread_cache_state.h"

namespace headroom {
namespace {

struct ThreadCacheTarget {
  static constexpr char kName[] = "thread_cache";
  static constexpr char kStateType[] = "ThreadCacheState";
  static constexpr const char* kHeaders[] = {
      "fuzz/thread_cache/thread_cache_operations.h",
      "fuzz/thread_cache/thread_cache_state.h"};
  static constexpr int kMostOperations = 500;

  using Setup = ThreadCacheSetup;
  using Operation = ThreadCacheOperation;
  using State = ThreadCacheState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadThreadCacheOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<ThreadCacheTarget> target;
  return target;
}

}  // namespace headroom
