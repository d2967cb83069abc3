// Sizes that are drawn from a distribution before they are needed, so that its
// arithmetic is not what is measured. Takes from: nothing. Gives to:
// fleet_sizes, key_value.
#ifndef BENCH_WORKLOADS_SIZE_SEQUENCE_H_
#define BENCH_WORKLOADS_SIZE_SEQUENCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

class SizeSequence {
 public:
  template <typename Draw>
  explicit SizeSequence(Draw draw) : sizes_(kSizes) {
    for (uint32_t& size : sizes_) size = static_cast<uint32_t>(draw());
  }

  // Begins again after the last.
  size_t Next() { return sizes_[next_++ % kSizes]; }

 private:
  static constexpr size_t kSizes = 16384;

  std::vector<uint32_t> sizes_;
  size_t next_ = 0;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_SIZE_SEQUENCE_H_
