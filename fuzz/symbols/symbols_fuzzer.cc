// Fuzzes what a report reads of files: symbols, mappings, and lines of stacks.
//
// Takes from: symbols_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/symbols/symbols_operations.h"
#include "fuzz/symbols/symbols_state.h"

namespace headroom {
namespace {

struct SymbolsTarget {
  static constexpr char kName[] = "symbols";
  static constexpr char kStateType[] = "SymbolsState";
  static constexpr const char* kHeaders[] = {
      "fuzz/symbols/symbols_operations.h"};
  static constexpr int kMostOperations = 100;

  using Setup = EmptySetup;
  using Operation = SymbolsOperation;
  using State = SymbolsState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadSymbolsOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<SymbolsTarget> target;
  return target;
}

}  // namespace headroom
