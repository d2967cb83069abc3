// The heap's lock itself: its exchanges and its futex, with the kernel's part
// played by the scheduler.
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"
#include "tests/explore/real_lock.h"

namespace headroom::explore {
namespace {

struct RealLock : Scenario {
  explicit RealLock(size_t threads) : threads(threads) {}
  void Add() {
    AcquireReal(lock);
    count = count + 1;
    ReleaseReal(lock);
  }
  std::vector<std::function<void()>> Threads() override {
    return std::vector<std::function<void()>>(threads, [this] { Add(); });
  }
  std::string BrokenInvariant() override {
    return count == threads ? "" : "an addition was lost";
  }
  const size_t threads;
  Lock lock{LockRank::kCellPool};
  size_t count = 0;
};

// Nobody is let in twice, and nobody sleeps for ever.
TEST(LockTest, TwoThreads) {
  ExpectAllExplored(Explore<RealLock>({.random_runs = 2000}, size_t{2}),
                    "lock, two threads");
}

TEST(LockTest, ThreeThreads) {
  ExpectAllExplored(Explore<RealLock>({.random_runs = 5000}, size_t{3}),
                    "lock, three threads");
}

struct Tries : Scenario {
  void Try(size_t self) {
    if (!TryAcquireReal(lock)) return;
    count = count + 1;
    got[self] = true;
    ReleaseReal(lock);
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Try(0); }, [this] { Try(1); }};
  }
  std::string BrokenInvariant() override {
    return count == got[0] + got[1] && count > 0 ? "" : "nobody got it";
  }
  Lock lock{LockRank::kCellPool};
  int count = 0;
  bool got[2] = {};
};

TEST(LockTest, Tries) {
  ExpectAllExplored(Explore<Tries>({.preemptions = 4}), "tries");
}

}  // namespace
}  // namespace headroom::explore
