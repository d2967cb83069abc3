// The setup of a target that always starts from the same state.
//
// Takes from: byte_reader, operation_text. Gives to: targets of pure functions.
#ifndef FUZZ_ENGINE_EMPTY_SETUP_H_
#define FUZZ_ENGINE_EMPTY_SETUP_H_

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"

namespace headroom {

struct EmptySetup {
  static EmptySetup Read(ByteReader&) { return {}; }
  static OperationText Describe() { return {"EmptySetup", {}}; }
};

}  // namespace headroom

#endif  // FUZZ_ENGINE_EMPTY_SETUP_H_
