// The set that models of memory are made of, against one flag an address.
#include "tests/system/interval_set.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>

#include "gtest/gtest.h"

namespace headroom {
namespace {

TEST(IntervalSetTest, AgreesWithOneFlagAnAddress) {
  constexpr size_t kAddresses = 40;
  std::array<bool, kAddresses> flags = {};
  IntervalSet set;
  std::mt19937 random(1);
  for (int step = 0; step < 20000; ++step) {
    const size_t start = random() % kAddresses;
    const MemoryRange range{start, random() % (kAddresses - start)};
    const auto first = flags.begin() + static_cast<ptrdiff_t>(start);
    const auto last = first + static_cast<ptrdiff_t>(range.bytes);
    const auto set_here = static_cast<size_t>(std::count(first, last, true));
    ASSERT_EQ(set.BytesIn(range), set_here);
    ASSERT_EQ(set.Contains(range), set_here == range.bytes);
    ASSERT_EQ(set.Overlaps(range), set_here != 0);
    const bool add = random() % 2 == 0;
    add ? set.Add(range) : set.Remove(range);
    std::fill(first, last, add);

    size_t runs = flags[0] ? 1 : 0;
    for (size_t i = 1; i < kAddresses; ++i) runs += flags[i] && !flags[i - 1];
    ASSERT_EQ(set.interval_count(), runs) << "two touch";
    ASSERT_EQ(set.bytes(), static_cast<size_t>(
                               std::count(flags.begin(), flags.end(), true)));
    const MemoryRange at = set.IntervalAt(start);
    ASSERT_EQ(at.empty(), !flags[start]);
    ASSERT_TRUE(at.empty() || (at.start <= start && start < at.end()));
  }
}

}  // namespace
}  // namespace headroom
