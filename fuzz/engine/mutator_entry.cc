// The structure-aware mutator as a fuzzing engine calls it.
//
// Takes from: mutator, the engine's own mutator. Gives to: libFuzzer.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fuzz/engine/mutator.h"

// Not every engine has it.
extern "C" [[gnu::weak]] size_t LLVMFuzzerMutate(uint8_t* data, size_t size,
                                                 size_t most);

namespace headroom {
namespace {

// One input in so many is left to the engine as a whole.
constexpr unsigned kWholeInputs = 4;

size_t MutateBytes(uint8_t* data, size_t size, size_t most) {
  if (LLVMFuzzerMutate != nullptr) return LLVMFuzzerMutate(data, size, most);
  if (size > 0) data[0] ^= 0x55;
  return size;
}

size_t CopyOut(const ProgramMutator::Bytes& bytes, uint8_t* out) {
  std::ranges::copy(bytes, out);
  return bytes.size();
}

}  // namespace
}  // namespace headroom

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t most, unsigned seed) {
  using namespace headroom;  // NOLINT(google-build-using-namespace)
  if (seed % kWholeInputs == 0) return MutateBytes(data, size, most);
  ProgramMutator mutator(TheFuzzTarget(), seed);
  return CopyOut(mutator.Mutate({data, size}, most, &MutateBytes), data);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* left,
                                            size_t left_size,
                                            const uint8_t* right,
                                            size_t right_size, uint8_t* out,
                                            size_t most, unsigned seed) {
  using namespace headroom;  // NOLINT(google-build-using-namespace)
  ProgramMutator mutator(TheFuzzTarget(), seed);
  return CopyOut(
      mutator.CrossOver({left, left_size}, {right, right_size}, most), out);
}
