// A block as the workloads hold it: allocated, touched at both ends, freed.
//
// Role: every benchmark touches what it allocates, as programs do, and hides
//   the pointer from the compiler, which else removes the pair.
// Takes from: malloc, whichever is linked or preloaded. Gives to: workloads.
#ifndef BENCH_BLOCK_H_
#define BENCH_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "benchmark/benchmark.h"

namespace headroom {

inline char* NewBlock(size_t bytes) {
  char* block = static_cast<char*>(std::malloc(bytes));
  benchmark::DoNotOptimize(block);
  if (block == nullptr) std::abort();
  block[0] = static_cast<char>(bytes);
  block[bytes - 1] = static_cast<char>(bytes);
  benchmark::ClobberMemory();
  return block;
}

inline void DeleteBlock(char* block) {
  benchmark::DoNotOptimize(block);
  std::free(block);
}

// xorshift: a few instructions, so that the generator is not what is measured.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u | 1) {}

  // A number below `sides`, which is at most 2^32.
  uint32_t Roll(uint32_t sides) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<uint32_t>((state_ >> 32) * sides >> 32);
  }

 private:
  uint64_t state_;
};

}  // namespace headroom

#endif  // BENCH_BLOCK_H_
