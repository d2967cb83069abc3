// A set of addresses, kept as intervals that do not touch.
//
// Role: what models of memory are made of: what is mapped, closed, foreign,
//   handed out.
// Takes from: base. Gives to: fake kernels, fuzzers. Not thread-safe.
// Invariant: bytes() == sum of the intervals' sizes; no two touch.
#ifndef HEADROOM_TESTS_SYSTEM_INTERVAL_SET_H_
#define HEADROOM_TESTS_SYSTEM_INTERVAL_SET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>

#include "allocator/base/units.h"

namespace headroom {

class IntervalSet {
 public:
  void Add(MemoryRange range) {
    if (range.empty()) return;
    Remove(range);
    uintptr_t start = range.start;
    uintptr_t end = range.end();
    bytes_ += range.bytes;
    auto above = ends_.lower_bound(start);
    if (above != ends_.end() && above->first == end) {
      end = above->second;
      above = ends_.erase(above);
    }
    if (above != ends_.begin() && std::prev(above)->second == start) {
      start = std::prev(above)->first;
    }
    ends_[start] = end;
  }

  void Remove(MemoryRange range) {
    if (range.empty()) return;
    auto it = FirstBehind(range.start);
    while (it != ends_.end() && it->first < range.end()) {
      const auto [start, end] = *it;
      bytes_ -= std::min(end, range.end()) - std::max(start, range.start);
      it = ends_.erase(it);
      if (start < range.start) ends_[start] = range.start;
      if (end > range.end()) it = ends_.emplace(range.end(), end).first;
    }
  }

  bool Contains(MemoryRange range) const {
    const auto it = FirstBehind(range.start);
    return range.empty() || (it != ends_.end() && it->first <= range.start &&
                             it->second >= range.end());
  }
  bool Overlaps(MemoryRange range) const {
    const auto it = FirstBehind(range.start);
    return !range.empty() && it != ends_.end() && it->first < range.end();
  }
  // Of the set, within `range`.
  size_t BytesIn(MemoryRange range) const {
    size_t bytes = 0;
    for (auto it = FirstBehind(range.start);
         it != ends_.end() && it->first < range.end(); ++it) {
      bytes +=
          std::min(it->second, range.end()) - std::max(it->first, range.start);
    }
    return bytes;
  }
  // The interval that holds `address`; empty when there is none.
  MemoryRange IntervalAt(uintptr_t address) const {
    const auto it = FirstBehind(address);
    if (it == ends_.end() || it->first > address) return {};
    return {it->first, it->second - it->first};
  }

  size_t bytes() const { return bytes_; }
  size_t interval_count() const { return ends_.size(); }
  // From start to end, in order of address.
  const std::map<uintptr_t, uintptr_t>& ends() const { return ends_; }

 private:
  // The first interval whose end lies behind `address`.
  std::map<uintptr_t, uintptr_t>::const_iterator FirstBehind(
      uintptr_t address) const {
    auto it = ends_.upper_bound(address);
    if (it != ends_.begin() && std::prev(it)->second > address) --it;
    return it;
  }

  std::map<uintptr_t, uintptr_t> ends_;
  size_t bytes_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_SYSTEM_INTERVAL_SET_H_
