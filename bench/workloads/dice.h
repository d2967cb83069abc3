// Random numbers for workloads: xorshift, a few instructions, so that the
// generator is not what is measured. Takes from: nothing. Gives to: workloads.
#ifndef BENCH_WORKLOADS_DICE_H_
#define BENCH_WORKLOADS_DICE_H_

#include <cstddef>
#include <cstdint>
#include <utility>

namespace headroom {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u | 1) {}

  // A number below `sides`, which is at most 2^32.
  uint32_t Roll(uint32_t sides) {
    Step();
    return static_cast<uint32_t>((state_ >> 32) * sides >> 32);
  }

  // From `least` to `most`, each as likely.
  uint32_t Between(uint32_t least, uint32_t most) {
    return least + Roll(most - least + 1);
  }

  // From 2^`least` up to and without 2^`most`, each power of two as likely.
  size_t PowersBetween(uint32_t least, uint32_t most) {
    const size_t power = size_t{1} << Between(least, most - 1);
    return power + Roll(static_cast<uint32_t>(power));
  }

  template <typename Container>
  void Shuffle(Container& values) {
    for (auto i = static_cast<uint32_t>(values.size()); i > 1; --i) {
      std::swap(values[i - 1], values[Roll(i)]);
    }
  }

 private:
  void Step() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
  }

  uint64_t state_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_DICE_H_
