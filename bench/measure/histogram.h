// How often each duration was seen, to two significant digits.
//
// Role: the layout of HdrHistogram (G. Tene): values below 256 have a bucket
//   each, every power of two above is cut into 128 equal buckets, so a bucket
//   is less than 1 % of its values wide. Recording is one addition: it
//   allocates nothing and takes no lock, so each thread has one of its own.
// Takes from: nothing. Gives to: latency_meter, latency_json.
// Invariant: count() = sum of the buckets. All bytes zero is an empty one.
#ifndef BENCH_MEASURE_HISTOGRAM_H_
#define BENCH_MEASURE_HISTOGRAM_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace headroom {

// No initialisers: thousands of them lie in memory that is zero already, and
// writing to all of it would count as the allocator's RSS.
class Histogram {
 public:
  // Values of 2^42 and more count as 2^42 - 1.
  static constexpr int kValueBits = 42;
  static constexpr int kLinearBits = 8;
  static constexpr size_t kHalf = size_t{1} << (kLinearBits - 1);
  static constexpr size_t kBuckets =
      (kValueBits - kLinearBits) * kHalf + 2 * kHalf;

  static constexpr size_t IndexOf(uint64_t value) {
    const int shift = std::bit_width(value | (2 * kHalf - 1)) - kLinearBits;
    return static_cast<size_t>(shift) * kHalf + (value >> shift);
  }
  // The largest value of a bucket.
  static constexpr uint64_t UpperBound(size_t index) {
    if (index < 2 * kHalf) return index;
    const size_t shift = index / kHalf - 1;
    return ((index - shift * kHalf + 1) << shift) - 1;
  }

  void Record(uint64_t value) {
    value = std::min(value, (uint64_t{1} << kValueBits) - 1);
    ++buckets_[IndexOf(value)];
    ++count_;
    max_ = std::max(max_, value);
  }

  void Add(const Histogram& other) {
    if (other.count_ == 0) return;
    for (size_t i = 0; i <= IndexOf(other.max_); ++i) {
      buckets_[i] += other.buckets_[i];
    }
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

  // Writes only where something is.
  void Clear() {
    if (count_ == 0) return;
    std::fill_n(buckets_, IndexOf(max_) + 1, 0);
    count_ = 0;
    max_ = 0;
  }

  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }
  uint64_t bucket(size_t index) const { return buckets_[index]; }

  // No more than (100 - percent) % of the values are above this one: the upper
  // bound of the bucket that holds the value of that rank, but never above the
  // largest value seen. 0 when empty.
  uint64_t Percentile(double percent) const {
    const double exact = percent / 100 * static_cast<double>(count_);
    const auto rank = std::max(
        uint64_t{1}, static_cast<uint64_t>(std::ceil(exact * (1 - 1e-12))));
    uint64_t seen = 0;
    for (size_t i = 0; count_ > 0 && i <= IndexOf(max_); ++i) {
      seen += buckets_[i];
      if (seen >= rank) return std::min(UpperBound(i), max_);
    }
    return max_;
  }

 private:
  uint64_t buckets_[kBuckets];
  uint64_t count_;
  uint64_t max_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_HISTOGRAM_H_
