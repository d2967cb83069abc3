// The operations of the size class fuzzer: what to look at.
//
// Takes from: size_classes_state, byte_reader. Gives to: size_classes_fuzzer.
#ifndef FUZZ_SIZE_CLASSES_SIZE_CLASSES_OPERATIONS_H_
#define FUZZ_SIZE_CLASSES_SIZE_CLASSES_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/size_classes/size_classes_state.h"

namespace headroom {

// A size and its two neighbours.
struct CheckSizeOperation {
  size_t bytes;
  void Perform(SizeClassesState& state) const { state.CheckSize(bytes); }
  OperationText Describe() const {
    return {"CheckSizeOperation", {{"bytes", bytes}}};
  }
};

struct CheckGoodSizeOperation {
  size_t bytes;
  size_t alignment;
  void Perform(SizeClassesState& state) const {
    state.CheckGoodSize(bytes, alignment);
  }
  OperationText Describe() const {
    return {"CheckGoodSizeOperation",
            {{"bytes", bytes}, {"alignment", alignment}}};
  }
};

struct CheckClassOperation {
  size_t size_class;
  void Perform(SizeClassesState& state) const {
    state.CheckClass(static_cast<SizeClass>(size_class));
  }
  OperationText Describe() const {
    return {"CheckClassOperation", {{"size_class", size_class}}};
  }
};

struct CheckPayloadOperation {
  uint64_t payload;
  void Perform(SizeClassesState& state) const { state.CheckPayload(payload); }
  OperationText Describe() const {
    return {"CheckPayloadOperation", {{"payload", payload}}};
  }
};

using SizeClassesOperation =
    std::variant<CheckSizeOperation, CheckGoodSizeOperation,
                 CheckClassOperation, CheckPayloadOperation>;

SizeClassesOperation ReadSizeClassesOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_SIZE_CLASSES_SIZE_CLASSES_OPERATIONS_H_
