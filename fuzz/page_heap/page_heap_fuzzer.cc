// Fuzzes the page heap: any sequence of calls, time and refusals of the kernel,
// against a model of its pages.
//
// Takes from: page_heap_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/page_heap/page_heap_operations.h"
#include "fuzz/page_heap/page_heap_state.h"

namespace headroom {
namespace {

struct PageHeapTarget {
  static constexpr char kName[] = "page_heap";
  static constexpr char kStateType[] = "PageHeapState";
  static constexpr const char* kHeaders[] = {
      "fuzz/page_heap/page_heap_operations.h",
      "fuzz/page_heap/page_heap_state.h"};
  static constexpr int kMostOperations = 500;

  using Setup = PageHeapSetup;
  using Operation = PageHeapOperation;
  using State = PageHeapState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadPageHeapOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<PageHeapTarget> target;
  return target;
}

}  // namespace headroom
