// Fuzzes what a report says of blocks, faults and text.
//
// Takes from: reports_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/reports/reports_operations.h"
#include "fuzz/reports/reports_state.h"

namespace headroom {
namespace {

struct ReportsTarget {
  static constexpr char kName[] = "reports";
  static constexpr char kStateType[] = "ReportsState";
  static constexpr const char* kHeaders[] = {
      "fuzz/reports/reports_operations.h"};
  static constexpr int kMostOperations = 100;

  using Setup = ReportsSetup;
  using Operation = ReportsOperation;
  using State = ReportsState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadReportsOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<ReportsTarget> target;
  return target;
}

}  // namespace headroom
