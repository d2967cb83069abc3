// The operations of the header fuzzer, and how bytes become operations.
//
// Takes from: block_header_state, byte_reader. Gives to: block_header_fuzzer.
#ifndef FUZZ_BLOCK_HEADER_BLOCK_HEADER_OPERATIONS_H_
#define FUZZ_BLOCK_HEADER_BLOCK_HEADER_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/block_header/block_header_state.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"

namespace headroom {

struct SealOperation {
  uintptr_t address;
  State state;
  uint32_t slot;
  void Perform(BlockHeaderState& model) const {
    model.Seal(address, state, slot);
  }
  OperationText Describe() const {
    return {"SealOperation",
            {{"address", address}, {"state", state}, {"slot", slot}}};
  }
};

struct TryAnyOperation {
  uintptr_t address;
  State state;
  uint64_t word;
  void Perform(BlockHeaderState& model) const {
    model.TryAny(address, state, word);
  }
  OperationText Describe() const {
    return {"TryAnyOperation",
            {{"address", address}, {"state", state}, {"word", word}}};
  }
};

struct FlipOperation {
  size_t index;
  uint32_t first_bit;
  uint32_t second_bit;
  void Perform(BlockHeaderState& model) const {
    model.Flip(index, first_bit, second_bit);
  }
  OperationText Describe() const {
    return {"FlipOperation",
            {{"index", index},
             {"first_bit", first_bit},
             {"second_bit", second_bit}}};
  }
};

struct ReplayOperation {
  size_t index;
  size_t place;
  State state;
  void Perform(BlockHeaderState& model) const {
    model.Replay(index, place, state);
  }
  OperationText Describe() const {
    return {"ReplayOperation",
            {{"index", index}, {"place", place}, {"state", state}}};
  }
};

struct SpliceOperation {
  size_t index;
  size_t other;
  uint8_t mask;
  size_t place;
  void Perform(BlockHeaderState& model) const {
    model.Splice(index, other, mask, place);
  }
  OperationText Describe() const {
    return {
        "SpliceOperation",
        {{"index", index}, {"other", other}, {"mask", mask}, {"place", place}}};
  }
};

struct CombineOperation {
  BlockHeaderState::Mixture mixture;
  size_t index;
  size_t other;
  size_t third;
  size_t place;
  void Perform(BlockHeaderState& model) const {
    model.Combine(mixture, index, other, third, place);
  }
  OperationText Describe() const {
    return {"CombineOperation",
            {{"mixture", mixture},
             {"index", index},
             {"other", other},
             {"third", third},
             {"place", place}}};
  }
};

struct WriteLiveOperation {
  size_t offset;
  State state;
  uint32_t slot;
  void Perform(BlockHeaderState& model) const {
    model.WriteLive(offset, state, slot);
  }
  OperationText Describe() const {
    return {"WriteLiveOperation",
            {{"offset", offset}, {"state", state}, {"slot", slot}}};
  }
};

struct WriteWordOperation {
  size_t offset;
  uint64_t word;
  void Perform(BlockHeaderState& model) const { model.WriteWord(offset, word); }
  OperationText Describe() const {
    return {"WriteWordOperation", {{"offset", offset}, {"word", word}}};
  }
};

using BlockHeaderOperation =
    std::variant<SealOperation, TryAnyOperation, FlipOperation, ReplayOperation,
                 SpliceOperation, CombineOperation, WriteLiveOperation,
                 WriteWordOperation>;

BlockHeaderOperation ReadBlockHeaderOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_BLOCK_HEADER_BLOCK_HEADER_OPERATIONS_H_
