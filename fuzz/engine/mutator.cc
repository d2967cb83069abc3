#include "fuzz/engine/mutator.h"

#include <algorithm>

namespace headroom {
namespace {

// More than an operation needs; what it does not read is cut off.
constexpr size_t kRandomBytes = 80;
// Of operations that are removed, repeated or moved at once.
constexpr size_t kMostInARow = 8;

}  // namespace

ProgramMutator::Pieces ProgramMutator::Split(
    std::span<const uint8_t> input) const {
  const FuzzTarget::Program program = target_.Read(input.data(), input.size());
  const auto piece = [input](size_t begin, size_t end) {
    return Bytes(input.begin() + static_cast<ptrdiff_t>(begin),
                 input.begin() + static_cast<ptrdiff_t>(end));
  };
  Pieces pieces = {piece(0, program.setup_bytes)};
  for (const FuzzTarget::Step& step : program.steps) {
    pieces.push_back(piece(step.begin, step.end));
  }
  return pieces;
}

ProgramMutator::Bytes ProgramMutator::Join(const Pieces& pieces, size_t most) {
  Bytes bytes;
  for (const Bytes& piece : pieces) {
    // A part of an operation would eat the next one's bytes.
    if (bytes.size() + piece.size() > most) break;
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  return bytes;
}

ProgramMutator::Bytes ProgramMutator::RandomOperation() {
  // With a setup in front, as the target reads it.
  Bytes bytes(kRandomBytes);
  std::ranges::generate(bytes,
                        [this] { return static_cast<uint8_t>(dice_() >> 8); });
  Pieces pieces = Split(bytes);
  return pieces.size() > 1 ? pieces[1] : Bytes();
}

ProgramMutator::Bytes ProgramMutator::Mutate(std::span<const uint8_t> input,
                                             size_t most,
                                             const MutateBytes& mutate_bytes) {
  Pieces pieces = Split(input);
  const size_t operations = pieces.size() - 1;
  if (operations == 0) {
    pieces.push_back(RandomOperation());
    return Join(pieces, most);
  }
  const size_t first = 1 + Below(operations);
  const size_t count = 1 + Below(std::min(kMostInARow, pieces.size() - first));
  const auto from = pieces.begin() + static_cast<ptrdiff_t>(first);
  const auto to = from + static_cast<ptrdiff_t>(count);
  const Pieces chosen(from, to);
  switch (Below(6)) {
    case 0:
      pieces.erase(from, to);
      break;
    case 1:  // moved
      pieces.erase(from, to);
      [[fallthrough]];
    case 2: {  // repeated
      const auto place = static_cast<ptrdiff_t>(1 + Below(pieces.size()));
      pieces.insert(pieces.begin() + place, chosen.begin(), chosen.end());
      break;
    }
    case 3:
      pieces.insert(from, RandomOperation());
      break;
    default: {
      // Now and then the setup instead.
      Bytes& piece = pieces[Below(16) == 0 ? 0 : first];
      const size_t size = piece.size();
      if (size == 0) break;
      // As long as before: so the next operation stays what it is, unless the
      // new one reads more or less than the old one.
      const size_t changed = mutate_bytes(piece.data(), size, size);
      std::fill(piece.begin() + static_cast<ptrdiff_t>(changed), piece.end(),
                uint8_t{0});
    }
  }
  return Join(pieces, most);
}

ProgramMutator::Bytes ProgramMutator::CrossOver(std::span<const uint8_t> left,
                                                std::span<const uint8_t> right,
                                                size_t most) {
  Pieces pieces = Split(left);
  const Pieces others = Split(right);
  pieces.resize(1 + Below(pieces.size()));
  const size_t first = 1 + Below(others.size());
  for (size_t i = first; i < others.size(); ++i) pieces.push_back(others[i]);
  return Join(pieces, most);
}

}  // namespace headroom
