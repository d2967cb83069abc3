// What the kernel counts, against work of which it is known.
#include "bench/measure/process_counters.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr size_t kPage = 4096;

// Maps so many pages and writes to each.
class TouchedPages {
 public:
  explicit TouchedPages(size_t pages)
      : bytes_(pages * kPage),
        memory_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    madvise(memory_, bytes_, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < bytes_; i += kPage) {
      static_cast<volatile char*>(memory_)[i] = 1;
    }
  }
  ~TouchedPages() { munmap(memory_, bytes_); }

 private:
  const size_t bytes_;
  void* const memory_;
};

TEST(ProcessCountersTest, EachTouchedPageIsAFault) {
  const ProcessCounters before = ProcessCounters::Now();
  const TouchedPages pages(500);
  const ProcessCounters spent = ProcessCounters::Now() - before;
  EXPECT_GE(spent.minor_faults, 500);
  EXPECT_LT(spent.minor_faults, 1000);
  EXPECT_GT(spent.wall_ns, 0);
}

TEST(ProcessCountersTest, RssHoldsWhatIsTouchedAndPeakKeepsIt) {
  constexpr int64_t kKib = 32 * 1024;
  const RssReader rss;
  const int64_t before = rss.Kib();
  ASSERT_GT(before, 0);
  {
    const TouchedPages pages(kKib / 4);
    EXPECT_GE(rss.Kib(), before + kKib - 1024);
  }
  EXPECT_LT(rss.Kib(), before + kKib / 2);
  EXPECT_GE(PeakRssKib(), before + kKib - 1024);
}

TEST(ProcessCountersTest, SumAndDifferenceAreOfEveryCounter) {
  const ProcessCounters one = {1, 2, 3, 4, 5, 6, 7};
  ProcessCounters sum = one;
  sum += {10, 20, 30, 40, 50, 60, 70};
  const ProcessCounters rest = sum - one;
  EXPECT_EQ(rest.wall_ns, 10);
  EXPECT_EQ(rest.user_us, 20);
  EXPECT_EQ(rest.system_us, 30);
  EXPECT_EQ(rest.minor_faults, 40);
  EXPECT_EQ(rest.major_faults, 50);
  EXPECT_EQ(rest.voluntary_switches, 60);
  EXPECT_EQ(rest.involuntary_switches, 70);
  EXPECT_EQ(sum.wall_ns, 11);
}

}  // namespace
}  // namespace headroom
