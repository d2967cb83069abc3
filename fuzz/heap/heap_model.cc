#include "fuzz/heap/heap_model.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// All of a block of this size is written and checked; of a larger one, as much
// at each end.
constexpr size_t kWindowBytes = 16 * 1024;

// A block holds a piece of this from its seed on: no two seeds' are alike, and
// memcpy and memcmp make short work of it.
std::array<char, kWindowBytes + 256> MakePattern() {
  std::array<char, kWindowBytes + 256> pattern;
  uint32_t state = 1;
  for (char& c : pattern) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return pattern;
}

const char* PatternOf(uint8_t seed) {
  static const auto pattern = MakePattern();
  return pattern.data() + seed;
}

// What is written to a block: two windows, the second one perhaps empty.
struct Window {
  size_t offset;
  size_t bytes;
};
std::array<Window, 2> WindowsOf(size_t usable_bytes) {
  const size_t head = std::min(usable_bytes, kWindowBytes);
  const size_t tail = std::min(usable_bytes - head, kWindowBytes);
  return {{{0, head}, {usable_bytes - tail, tail}}};
}

}  // namespace

int HeapModel::ClassOfRequest(size_t bytes, size_t alignment) {
  const size_t more = std::max(alignment, kBlockAlignment) - kBlockAlignment;
  if (bytes > kMaxSmallBytes || more > kMaxSmallBytes - bytes) return kNoClass;
  return SizeClassFor(bytes + more);
}

void HeapModel::Add(const Block& block) {
  const auto address = reinterpret_cast<uintptr_t>(block.start);
  Require(address % std::max(block.alignment, kBlockAlignment) == 0,
          "a block is aligned as asked");
  Require(block.usable_bytes >= block.bytes, "a block is as large as asked");
  const uintptr_t from = address - kHeaderBytes;
  const uintptr_t to = address + block.usable_bytes;
  const auto above = ends_.lower_bound(from);
  Require(above == ends_.end() || above->first >= to,
          "a block does not reach into the one above");
  Require(above == ends_.begin() || std::prev(above)->second <= from,
          "a block does not reach into the one below");
  ends_.emplace_hint(above, from, to);
  for (const Window& window : WindowsOf(block.usable_bytes)) {
    memcpy(block.start + window.offset, PatternOf(block.seed), window.bytes);
  }
  ++CounterOf(block);
  blocks_.push_back(block);
}

void HeapModel::Forget(size_t index) {
  Block& block = blocks_[index];
  ends_.erase(reinterpret_cast<uintptr_t>(block.start) - kHeaderBytes);
  --CounterOf(block);
  block = blocks_.back();
  blocks_.pop_back();
}

void HeapModel::CheckContent(const Block& block, const char* start,
                             size_t bytes) {
  for (const Window& window : WindowsOf(block.usable_bytes)) {
    if (window.offset >= bytes) continue;
    const size_t left = std::min(window.bytes, bytes - window.offset);
    Require(memcmp(start + window.offset, PatternOf(block.seed), left) == 0,
            "a block keeps what its owner wrote");
  }
}

}  // namespace headroom
