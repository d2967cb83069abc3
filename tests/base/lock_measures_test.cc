// What a lock counts in a measured build.
#include "allocator/base/lock_measures.h"

#include <atomic>
#include <cstdint>
#include <numeric>
#include <thread>
#include <type_traits>

#include "absl/base/thread_annotations.h"
#include "allocator/base/build_mode.h"
#include "allocator/base/lock.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

static_assert(kMeasuredBuild);

constexpr uint64_t kHoldNs = 5000000;
constexpr size_t kHoldBucket = DurationCounts::BucketOf(kHoldNs);

uint64_t Sum(const DurationCounts& counts, size_t from = 0) {
  return std::accumulate(counts.buckets.begin() + static_cast<int>(from),
                         counts.buckets.end(), uint64_t{0});
}

void SpinFor(uint64_t ns) {
  const uint64_t start = LockMeasures<true>::Now();
  while (LockMeasures<true>::Now() - start < ns) std::this_thread::yield();
}

TEST(DurationCountsTest, BucketsArePowersOfTwo) {
  static_assert(DurationCounts::BucketOf(0) == 0);
  static_assert(DurationCounts::BucketOf(1) == 0);
  static_assert(DurationCounts::BucketOf(2) == 1);
  static_assert(DurationCounts::BucketOf(3) == 1);
  static_assert(DurationCounts::BucketOf(4) == 2);
  static_assert(DurationCounts::BucketOf((1 << 22) - 1) == 21);
  static_assert(DurationCounts::BucketOf(1 << 22) == 22);
  static_assert(DurationCounts::BucketOf(5000000) == 22);
  static_assert(DurationCounts::BucketOf(~uint64_t{0}) ==
                DurationCounts::kBuckets - 1);
  DurationCounts counts;
  for (uint64_t ns = 0; ns < 8; ++ns) counts.Add(ns);
  EXPECT_EQ(counts.buckets[0], 2);
  EXPECT_EQ(counts.buckets[1], 2);
  EXPECT_EQ(counts.buckets[2], 4);
  EXPECT_EQ(Sum(counts), 8);
}

TEST(LockMeasuresTest, EachAcquisitionAndItsHoldIsCounted) {
  Lock lock(LockRank::kPageHeap);
  EXPECT_EQ(lock.counts().acquisitions, 0);
  for (int i = 0; i < 1000; ++i) LockGuard guard(lock);
  const LockCounts counts = lock.counts();
  EXPECT_EQ(counts.acquisitions, 1000);
  EXPECT_EQ(counts.contended, 0);
  EXPECT_EQ(Sum(counts.hold_ns), 1000);
  EXPECT_EQ(Sum(counts.wait_ns), 0);
}

TEST(LockMeasuresTest, LongHoldsAreInTheirBucket) {
  Lock lock(LockRank::kPageHeap);
  for (int i = 0; i < 3; ++i) {
    LockGuard guard(lock);
    SpinFor(kHoldNs);
  }
  const LockCounts counts = lock.counts();
  EXPECT_EQ(Sum(counts.hold_ns, kHoldBucket), 3);
  EXPECT_EQ(Sum(counts.hold_ns), 3);
}

TEST(LockMeasuresTest, OnlyContendedAcquisitionsWait) {
  const uint64_t start_ns = LockMeasures<true>::Now();
  Lock lock(LockRank::kPageHeap);
  uint64_t acquisitions = 0;
  // A waiter may be late, and find the lock free: then another one is sent.
  while (lock.counts().contended == 0) {
    std::atomic<bool> asks{false};
    std::thread waiter;
    {
      LockGuard guard(lock);
      waiter = std::thread([&] {
        asks = true;
        LockGuard inner(lock);
      });
      while (!asks) std::this_thread::yield();
      SpinFor(2 * kHoldNs);
    }
    waiter.join();
    acquisitions += 2;
  }
  const LockCounts counts = lock.counts();
  EXPECT_EQ(counts.acquisitions, acquisitions);
  EXPECT_EQ(counts.contended, 1);
  EXPECT_EQ(Sum(counts.wait_ns), 1);
  const uint64_t all_ns = LockMeasures<true>::Now() - start_ns;
  EXPECT_EQ(Sum(counts.wait_ns, DurationCounts::BucketOf(all_ns) + 1), 0);
  EXPECT_EQ(Sum(counts.hold_ns), acquisitions);
  EXPECT_GE(Sum(counts.hold_ns, kHoldBucket), 1);
}

TEST(LockMeasuresTest, OfTryAcquireOnlySuccessIsCounted) {
  Lock lock(LockRank::kPageHeap);
  std::thread([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    ASSERT_TRUE(lock.TryAcquire());
    std::thread([&] { EXPECT_FALSE(lock.TryAcquire()); }).join();
    lock.Release();
  }).join();
  const LockCounts counts = lock.counts();
  EXPECT_EQ(counts.acquisitions, 1);
  EXPECT_EQ(counts.contended, 0);
  EXPECT_EQ(Sum(counts.hold_ns), 1);
}

TEST(LockMeasuresTest, AllIsCountedWhileOthersReadAndReset) {
  Lock lock(LockRank::kPageHeap);
  constexpr uint64_t kRounds = 20000;
  std::atomic<int> running{2};
  auto take = [&] {
    for (uint64_t i = 0; i < kRounds; ++i) LockGuard guard(lock);
    --running;
  };
  std::thread first(take);
  std::thread second(take);
  uint64_t before = 0;
  while (running > 0) {
    const LockCounts counts = lock.counts();
    EXPECT_GE(counts.acquisitions, before);
    EXPECT_EQ(Sum(counts.wait_ns), counts.contended);
    EXPECT_EQ(Sum(counts.hold_ns), counts.acquisitions);
    before = counts.acquisitions;
  }
  first.join();
  second.join();
  EXPECT_EQ(lock.counts().acquisitions, 2 * kRounds);
  lock.ResetCounts(/*in_child=*/false);
  EXPECT_EQ(lock.counts().acquisitions, 0);
  EXPECT_EQ(Sum(lock.counts().hold_ns), 0);
}

TEST(LockMeasuresTest, OtherBuildsHaveNone) {
  static_assert(std::is_empty_v<LockMeasures<false>>);
  LockMeasures<false> measures;
  measures.NoteAcquired();
  measures.NoteAcquired(LockMeasures<false>::Now());
  measures.NoteReleased();
  EXPECT_EQ(measures.counts().acquisitions, 0);
  measures.Reset();
}

TEST(LockMeasuresTest, AForkedChildResetsALockThatIsHeld) {
  Lock lock(LockRank::kPageHeap);
  [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.Acquire();
    lock.ResetCounts(/*in_child=*/true);
    lock.ResetAfterFork();
  }();
  EXPECT_EQ(lock.counts().acquisitions, 0);
  EXPECT_EQ(Sum(lock.counts().hold_ns), 0);
}

}  // namespace
}  // namespace headroom
