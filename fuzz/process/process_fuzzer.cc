// Fuzzes the product as a process has it: every public name, reports, crashes,
// forks, threads' ends and memory that runs out, in a program of its own.
//
// Takes from: process_operations. Gives to: engine.
#include "fuzz/engine/program_target.h"
#include "fuzz/process/process_operations.h"
#include "fuzz/process/process_state.h"

namespace headroom {
namespace {

struct ProcessTarget {
  static constexpr char kName[] = "process";
  static constexpr char kStateType[] = "ProcessState";
  static constexpr const char* kHeaders[] = {
      "fuzz/process/process_operations.h"};
  static constexpr int kMostOperations = kMostRecords;

  using Setup = ProcessSetup;
  using Operation = ProcessOperation;
  using State = ProcessState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadProcessOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<ProcessTarget> target;
  return target;
}

}  // namespace headroom
