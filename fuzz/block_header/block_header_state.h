// What the header fuzzer works on: keys, words that were sealed with them, and
// memory to put them into.
//
// Role: an independent seal says what each word has to be; a forger puts words
//   together from genuine ones, of which none may open.
// Takes from: block. Gives to: block_header_operations.
#ifndef FUZZ_BLOCK_HEADER_BLOCK_HEADER_STATE_H_
#define FUZZ_BLOCK_HEADER_BLOCK_HEADER_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "allocator/block/block_header.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"

namespace headroom {

struct KeySetup {
  uint8_t seed;
  bool hits_allowed;

  static KeySetup Read(ByteReader& bytes) {
    const uint8_t byte = bytes.Byte();
    return {static_cast<uint8_t>(byte / 2), byte % 2 == 0};
  }
  OperationText Describe() const {
    return {"KeySetup", {{"seed", seed}, {"hits_allowed", hits_allowed}}};
  }
};

enum class State : uint8_t {
  kLive,
  kFree,
  kInSpan,
  kQuarantined,
  kHitLive,
  kHitFree
};
inline constexpr size_t kStates = 6;
std::string Expression(State state);

class BlockHeaderState {
 public:
  static constexpr size_t kMemoryBytes = 4096;

  // How two or three genuine words become one.
  enum class Mixture : uint8_t { kXor, kSum, kDifference, kXorOfThree, kShift };

  explicit BlockHeaderState(const KeySetup& setup);

  // Seals a word and remembers it. `address` becomes a multiple of 16, as every
  // block's is; `slot` is taken modulo what there is.
  void Seal(uintptr_t address, State state, uint32_t slot);

  // Any word at any address: is told as the independent seal tells it.
  void TryAny(uintptr_t address, State state, uint64_t word);

  // Forgeries. Indices of genuine words are taken modulo what there is; nothing
  // happens when there is none. None may open but what is itself genuine there.
  void Flip(size_t index, uint32_t first_bit, uint32_t second_bit);
  void Replay(size_t index, size_t place, State state);
  // The bytes of one word, and those of `mask`'s bits of another.
  void Splice(size_t index, size_t other, uint8_t mask, size_t place);
  void Combine(Mixture mixture, size_t index, size_t other, size_t third,
               size_t place);

  // In memory: `offset` is taken modulo what there is, and may be odd.
  void WriteLive(size_t offset, State state, uint32_t slot);
  void WriteWord(size_t offset, uint64_t word);

  void AfterOperation();
  void Finish() {}

 private:
  struct Known {
    uintptr_t address;
    State state;
    uint64_t word;
  };

  const uint64_t& KeyOf(State state) const;
  uint64_t ReferenceWord(uintptr_t address, State state,
                         uint64_t payload) const;
  // `genuine`: what the model says of this word.
  void CheckWord(uintptr_t address, State state, uint64_t word,
                 bool genuine) const;
  // With a word that a forger made, at each state of this address.
  void TryForgery(uintptr_t address, uint64_t word) const;
  void CheckMemory(size_t offset) const;
  const Known& at(size_t index) const { return known_[index % known_.size()]; }
  char* BlockAt(size_t offset);

  const SealKeys keys_;
  const bool hits_allowed_;
  std::vector<Known> known_;
  alignas(16) std::array<char, kMemoryBytes> memory_ = {};
  std::array<char, kMemoryBytes> shadow_ = {};
};

std::string Expression(BlockHeaderState::Mixture mixture);

}  // namespace headroom

#endif  // FUZZ_BLOCK_HEADER_BLOCK_HEADER_STATE_H_
