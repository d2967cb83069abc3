#include "allocator/base/token_bucket.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

int TakeAll(TokenBucket& bucket, uint64_t now_ms) {
  int taken = 0;
  while (taken < 1000000 && bucket.TryTake(now_ms)) ++taken;
  return taken;
}

TEST(TokenBucketTest, StartsFullWhateverTheClockSays) {
  for (uint64_t now : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40}) {
    TokenBucket bucket(100, 7);
    EXPECT_EQ(TakeAll(bucket, now), 7) << now;
  }
}

TEST(TokenBucketTest, RefillsAtItsRateAndNoHigherThanItsBurst) {
  TokenBucket bucket(100, 7);
  EXPECT_EQ(TakeAll(bucket, 5000), 7);
  EXPECT_EQ(TakeAll(bucket, 5009), 0);
  EXPECT_EQ(TakeAll(bucket, 5010), 1);
  EXPECT_EQ(TakeAll(bucket, 5045), 3);
  EXPECT_EQ(TakeAll(bucket, 5050), 1) << "the half that was left counts";
  EXPECT_EQ(TakeAll(bucket, 99999999), 7);
}

TEST(TokenBucketTest, RatesThatDoNotDivideASecondAreNeverExceeded) {
  for (uint32_t rate : {3u, 7u, 999u, 1001u, 4000000u}) {
    TokenBucket bucket(rate, 2);
    uint64_t taken = 0;
    for (uint64_t ms = 1; ms <= 10000; ++ms) taken += bucket.TryTake(ms);
    EXPECT_LE(taken, uint64_t{rate} * 10 + 2) << rate;
    EXPECT_GE(taken, rate >= 1000 ? 9999 : uint64_t{rate} * 10 - 1) << rate;
  }
}

TEST(TokenBucketTest, AClockThatLagsGrantsNothingTwice) {
  TokenBucket bucket(1000, 10);
  EXPECT_EQ(TakeAll(bucket, 5000), 10);
  EXPECT_EQ(TakeAll(bucket, 4000), 0);
  EXPECT_EQ(TakeAll(bucket, 5003), 3);
}

TEST(TokenBucketTest, ZeroMeansNever) {
  TokenBucket no_rate(0, 5);
  TokenBucket no_burst(5, 0);
  for (uint64_t now : {uint64_t{0}, uint64_t{1000000}}) {
    EXPECT_FALSE(no_rate.TryTake(now));
    EXPECT_FALSE(no_burst.TryTake(now));
  }
}

TEST(TokenBucketTest, TheLargestNumbersDoNotOverflow) {
  TokenBucket slow(1, UINT32_MAX);
  EXPECT_TRUE(slow.TryTake(0));
  EXPECT_TRUE(slow.TryTake(uint64_t{1} << 42));
}

TEST(TokenBucketTest, ThreadsShareOneBurst) {
  constinit static TokenBucket bucket(1, 1000);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { taken += TakeAll(bucket, 77); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace headroom
