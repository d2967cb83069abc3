// Changes programs operation by operation, where plain bytes explore badly:
// a byte more or less in one operation would make others of all that follow.
//
// Role: removes, repeats, moves, inserts and splices whole operations, and
//   lets the engine change the bytes of one.
// Takes from: fuzz_target. Gives to: mutator_entry. Same seed, same change.
#ifndef FUZZ_ENGINE_MUTATOR_H_
#define FUZZ_ENGINE_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "fuzz/engine/fuzz_target.h"

namespace headroom {

class ProgramMutator {
 public:
  using Bytes = std::vector<uint8_t>;
  // The engine's own change of `size` bytes at `data`, where there is room for
  // `most`: returns the new size.
  using MutateBytes =
      std::function<size_t(uint8_t* data, size_t size, size_t most)>;

  ProgramMutator(const FuzzTarget& target, uint32_t seed)
      : target_(target), dice_(seed) {}

  // Each returns at most `most` bytes.
  Bytes Mutate(std::span<const uint8_t> input, size_t most,
               const MutateBytes& mutate_bytes);
  // The beginning of `left`, then operations of `right`.
  Bytes CrossOver(std::span<const uint8_t> left, std::span<const uint8_t> right,
                  size_t most);

 private:
  // An input in pieces: the setup, then the operations.
  using Pieces = std::vector<Bytes>;

  Pieces Split(std::span<const uint8_t> input) const;
  static Bytes Join(const Pieces& pieces, size_t most);
  // In [0, bound), which is not 0.
  size_t Below(size_t bound) { return dice_() % bound; }
  Bytes RandomOperation();

  const FuzzTarget& target_;
  std::minstd_rand dice_;
};

}  // namespace headroom

#endif  // FUZZ_ENGINE_MUTATOR_H_
