// The histogram against values that are all kept and sorted.
#include "bench/measure/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr double kPercentiles[] = {0, 1, 50, 90, 99, 99.9, 99.99, 99.999, 100};

// On the heap, because it is large; zeroes, as MappedArray gives.
std::unique_ptr<Histogram> NewHistogram() {
  return std::make_unique<Histogram>();
}

uint64_t ExactPercentile(const std::vector<uint64_t>& sorted, double percent) {
  const auto size = static_cast<double>(sorted.size());
  const double rank = std::ceil(percent / 100 * size - 1e-6);
  return sorted[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

void ExpectQuantiles(std::vector<uint64_t> values) {
  const auto histogram = NewHistogram();
  for (const uint64_t value : values) histogram->Record(value);
  std::sort(values.begin(), values.end());
  ASSERT_EQ(histogram->count(), values.size());
  EXPECT_EQ(histogram->max(), values.back());
  for (const double percent : kPercentiles) {
    const uint64_t exact = ExactPercentile(values, percent);
    const uint64_t found = histogram->Percentile(percent);
    EXPECT_GE(found, exact) << percent;
    EXPECT_LE(static_cast<double>(found), static_cast<double>(exact) * 1.008)
        << percent;
  }
}

TEST(HistogramTest, QuantilesAreWithinOnePercentOfTheExactOnes) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> durations(5, 3);
  std::vector<uint64_t> values(300'000);
  for (uint64_t& value : values) {
    value = static_cast<uint64_t>(durations(random));
  }
  ExpectQuantiles(values);
}

TEST(HistogramTest, SmallValuesAreExact) {
  std::vector<uint64_t> values;
  for (uint64_t value = 0; value < 256; ++value) values.push_back(value);
  const auto histogram = NewHistogram();
  for (const uint64_t value : values) histogram->Record(value);
  for (const double percent : kPercentiles) {
    EXPECT_EQ(histogram->Percentile(percent), ExactPercentile(values, percent));
  }
}

TEST(HistogramTest, OneValueIsEveryPercentile) { ExpectQuantiles({123'456}); }

TEST(HistogramTest, EmptyHasNoPercentile) {
  EXPECT_EQ(NewHistogram()->Percentile(50), 0);
}

TEST(HistogramTest, BucketsLieSideBySide) {
  uint64_t least = 0;
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    const uint64_t most = Histogram::UpperBound(i);
    ASSERT_LE(least, most);
    ASSERT_EQ(Histogram::IndexOf(least), i);
    ASSERT_EQ(Histogram::IndexOf(most), i);
    least = most + 1;
  }
  EXPECT_EQ(least, uint64_t{1} << Histogram::kValueBits);
}

TEST(HistogramTest, WhatIsTooLargeIsInTheLastBucket) {
  const auto histogram = NewHistogram();
  histogram->Record(UINT64_MAX);
  EXPECT_EQ(histogram->bucket(Histogram::kBuckets - 1), 1);
  EXPECT_EQ(histogram->count(), 1);
}

TEST(HistogramTest, AddIsAsIfAllWereRecordedInOne) {
  const auto one = NewHistogram();
  const auto other = NewHistogram();
  const auto both = NewHistogram();
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t value = random() >> (random() % 40 + 24);
    (i % 3 == 0 ? one : other)->Record(value);
    both->Record(value);
  }
  one->Add(*other);
  EXPECT_EQ(one->count(), both->count());
  EXPECT_EQ(one->max(), both->max());
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    ASSERT_EQ(one->bucket(i), both->bucket(i));
  }
}

TEST(HistogramTest, ClearForgetsAll) {
  const auto histogram = NewHistogram();
  for (const uint64_t value : {3, 300, 3'000'000}) histogram->Record(value);
  histogram->Clear();
  EXPECT_EQ(histogram->count(), 0);
  EXPECT_EQ(histogram->max(), 0);
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    ASSERT_EQ(histogram->bucket(i), 0);
  }
}

}  // namespace
}  // namespace headroom
