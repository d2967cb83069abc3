// A table of blocks that is filled again and again, of which a fifth outlives
// each clearing.
//
// Role: what sh6 and sh8 share. The places that survive move on with each
//   clearing; those below them are freed in the order of allocation, those
//   above in the reverse order.
// Source: as sh6bench and sh8bench of MicroQuill's SmartHeap do it.
// Takes from: Blocks, a parameter only so that a test can see what is freed
//   when. Gives to: sh6, sh8.
// Invariant: the places from begin_ up to end_ hold a block, between rounds no
//   other does.
#ifndef BENCH_WORKLOADS_SURVIVORS_H_
#define BENCH_WORKLOADS_SURVIVORS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

template <typename Blocks, size_t kPlaces>
class Survivors {
 public:
  static constexpr size_t kSurvive = kPlaces / 5;
  static constexpr int64_t kPerRound = kPlaces - kSurvive;
  static_assert(kPlaces % kSurvive == 0, "the fifths must fit");

  template <typename NextBytes>
  Survivors(Blocks& blocks, NextBytes next_bytes)
      : blocks_(blocks), table_(kPlaces) {
    Round(next_bytes);
  }
  ~Survivors() {
    for (size_t i = begin_; i < end_; ++i) blocks_.Delete(table_[i]);
  }
  Survivors(const Survivors&) = delete;
  Survivors& operator=(const Survivors&) = delete;

  // Allocates kPerRound blocks and frees as many.
  template <typename NextBytes>
  void Round(NextBytes next_bytes) {
    for (size_t i = 0; i < begin_; ++i) table_[i] = blocks_.New(next_bytes());
    for (size_t i = end_; i < kPlaces; ++i) {
      table_[i] = blocks_.New(next_bytes());
    }
    begin_ = end_ % kPlaces;
    end_ = begin_ + kSurvive;
    for (size_t i = 0; i < begin_; ++i) blocks_.Delete(table_[i]);
    for (size_t i = kPlaces; i-- > end_;) blocks_.Delete(table_[i]);
  }

 private:
  Blocks& blocks_;
  std::vector<char*> table_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_SURVIVORS_H_
