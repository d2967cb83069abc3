// Fuzzes the sealed header: what was sealed opens, and nothing else.
//
// Takes from: block_header_operations. Gives to: engine.
#include "fuzz/block_header/block_header_operations.h"
#include "fuzz/block_header/block_header_state.h"
#include "fuzz/engine/program_target.h"

namespace headroom {
namespace {

struct BlockHeaderTarget {
  static constexpr char kName[] = "block_header";
  static constexpr char kStateType[] = "BlockHeaderState";
  static constexpr const char* kHeaders[] = {
      "fuzz/block_header/block_header_operations.h"};
  static constexpr int kMostOperations = 500;

  using Setup = KeySetup;
  using Operation = BlockHeaderOperation;
  using State = BlockHeaderState;
  static Operation ReadOperation(ByteReader& bytes) {
    return ReadBlockHeaderOperation(bytes);
  }
};

}  // namespace

const FuzzTarget& TheFuzzTarget() {
  static const ProgramTarget<BlockHeaderTarget> target;
  return target;
}

}  // namespace headroom
