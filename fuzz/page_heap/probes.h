// Words here and there in a range of memory, that have to stay what they are.
//
// Role: tells whether memory was lost or lent to two, without touching all of
//   it.
// Takes from: base. Gives to: page_heap_state.
#ifndef FUZZ_PAGE_HEAP_PROBES_H_
#define FUZZ_PAGE_HEAP_PROBES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "allocator/base/units.h"
#include "fuzz/engine/require.h"

namespace headroom {

class Probes {
 public:
  // All the probed words of zeroed memory are zero.
  static void RequireZero(MemoryRange range) {
    Visit(range.bytes, [&](size_t at) {
      Require(Load(range.start + at) == 0, "zeroed memory is zero");
    });
  }

  // Writes to them.
  void Write(MemoryRange range, uint8_t seed) {
    bytes_ = range.bytes;
    seed_ = seed;
    Visit(bytes_, [&](size_t at) {
      const uint64_t word = WordAt(at);
      memcpy(reinterpret_cast<void*>(range.start + at), &word, sizeof(word));
    });
  }

  // Those within the first `bytes` are what was written, wherever they are now.
  void Check(uintptr_t start, size_t bytes = SIZE_MAX) const {
    Visit(bytes_, [&](size_t at) {
      if (at + sizeof(uint64_t) > bytes) return;
      Require(Load(start + at) == WordAt(at),
              "memory keeps what its owner wrote");
    });
  }

 private:
  static constexpr size_t kMostProbes = 8;

  template <typename Function>
  static void Visit(size_t bytes, Function function) {
    if (bytes < sizeof(uint64_t)) return;
    const size_t step =
        std::max(AlignDown(bytes / kMostProbes, kKernelPageBytes),
                 size_t{kKernelPageBytes});
    for (size_t at = 0; at + sizeof(uint64_t) <= bytes; at += step) {
      function(at);
    }
    function(AlignDown(bytes - sizeof(uint64_t), sizeof(uint64_t)));
  }

  static uint64_t Load(uintptr_t address) {
    uint64_t word;
    memcpy(&word, reinterpret_cast<const void*>(address), sizeof(word));
    return word;
  }
  uint64_t WordAt(size_t at) const {
    return (at + 1) * 0x9e3779b97f4a7c15 + seed_;
  }

  size_t bytes_ = 0;
  uint8_t seed_ = 0;
};

}  // namespace headroom

#endif  // FUZZ_PAGE_HEAP_PROBES_H_
