#include "fuzz/world/block_content.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// A block holds a piece of this from its seed on: no two seeds' are alike, and
// memcpy and memcmp make short work of it.
using Pattern = std::array<char, kWholeBytes + 256>;

Pattern MakePattern() {
  Pattern pattern;
  uint32_t state = 1;
  for (char& c : pattern) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return pattern;
}

const char* PatternOf(uint8_t seed) {
  static const Pattern pattern = MakePattern();
  return pattern.data() + seed;
}

// What is written to a block: two windows, the second one perhaps empty.
struct Window {
  size_t offset;
  size_t bytes;
};
std::array<Window, 2> WindowsOf(size_t bytes) {
  if (bytes <= kWholeBytes) return {{{0, bytes}, {bytes, 0}}};
  constexpr size_t kHalf = kWholeBytes / 2;
  return {{{0, kHalf}, {bytes - kHalf, kHalf}}};
}

}  // namespace

void WriteContent(char* block, size_t bytes, uint8_t seed) {
  for (const Window& window : WindowsOf(bytes)) {
    memcpy(block + window.offset, PatternOf(seed), window.bytes);
  }
}

void CheckContent(const char* start, size_t bytes, uint8_t seed, size_t kept) {
  for (const Window& window : WindowsOf(bytes)) {
    if (window.offset >= kept) continue;
    const size_t left = std::min(window.bytes, kept - window.offset);
    Require(memcmp(start + window.offset, PatternOf(seed), left) == 0,
            "a block keeps what its owner wrote");
  }
}

}  // namespace headroom
