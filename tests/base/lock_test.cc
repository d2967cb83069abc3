#include "allocator/base/lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "allocator/base/build_mode.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

constinit Lock global_lock(LockRank::kPageHeap);

void SleepMs(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

TEST(LockTest, OnlyOneThreadIsInside) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 30000;
  int inside = 0;
  int64_t total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        LockGuard guard(global_lock);
        ASSERT_EQ(++inside, 1);
        ++total;
        // Now and then long enough for the others to stop spinning.
        if (i % 500 == 0) SleepMs(1);
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total, kThreads * kRounds);
}

TEST(LockTest, AWaiterSleepsAndIsWoken) {
  Lock lock(LockRank::kPageHeap);
  std::atomic<bool> got{false};
  std::atomic<int64_t> cpu_ns{-1};
  lock.Acquire();
  std::thread waiter([&] {
    errno = E2BIG;
    LockGuard guard(lock);
    EXPECT_EQ(errno, E2BIG);
    got = true;
    timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    cpu_ns = used.tv_sec * 1000000000LL + used.tv_nsec;
  });
  SleepMs(300);
  EXPECT_FALSE(got);
  lock.Release();
  waiter.join();
  EXPECT_TRUE(got);
  // Waited 300 ms, ran for a fraction of it: did not spin.
  EXPECT_LT(cpu_ns, 20 * 1000000LL);
}

TEST(LockTest, EveryWaiterIsWokenInTheEnd) {
  Lock lock(LockRank::kPageHeap);
  std::atomic<int> done{0};
  lock.Acquire();
  std::vector<std::thread> waiters;
  for (int t = 0; t < 8; ++t) {
    waiters.emplace_back([&] {
      LockGuard guard(lock);
      ++done;
    });
  }
  SleepMs(100);
  EXPECT_EQ(done, 0);
  lock.Release();
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(done, 8);
}

// Whether another thread finds the lock free.
bool IsFree(Lock& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  bool is_free = false;
  std::thread([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    is_free = lock.TryAcquire();
    if (is_free) lock.Release();
  }).join();
  return is_free;
}

TEST(LockTest, TryAcquireFailsWhileHeld) {
  Lock lock(LockRank::kPageHeap);
  EXPECT_TRUE(IsFree(lock));
  {
    LockGuard guard(lock);
    EXPECT_FALSE(IsFree(lock));
  }
  EXPECT_TRUE(IsFree(lock));
}

TEST(LockTest, ResetAfterForkFreesALockThatHadWaiters) {
  Lock lock(LockRank::kPageHeap);
  lock.Acquire();
  std::thread waiter([&] { LockGuard guard(lock); });
  SleepMs(50);  // the word says now that somebody waits
  const pid_t child = fork();
  if (child == 0) {
    lock.ResetAfterFork();
    lock.Acquire();
    lock.Release();
    _exit(0);
  }
  lock.Release();
  waiter.join();
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// What debug builds refuse and release builds let pass.
template <typename Body>
void ExpectDebugDeath(Body body, const char* message) {
  if constexpr (kDebugBuild) {
    EXPECT_DEATH(body(), message);
  } else {
    body();
  }
}

TEST(LockDeathTest, RanksRiseInDebugBuilds) {
  Lock low(LockRank::kCentralFreeList);
  Lock high(LockRank::kSystemHeap);
  {
    LockGuard first(low);
    LockGuard second(high);
  }
  ExpectDebugDeath(
      [&] {
        LockGuard first(high);
        LockGuard second(low);
      },
      "headroom: internal error: lock taken out of rank order: pointer 0x");
}

TEST(LockDeathTest, TryAcquireCountsForTheRanks) {
  Lock low(LockRank::kCentralFreeList);
  Lock high(LockRank::kSystemHeap);
  ExpectDebugDeath(
      [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        ASSERT_TRUE(high.TryAcquire());
        low.Acquire();
        low.Release();
        high.Release();
      },
      "out of rank order");
}

TEST(LockTest, AReleasedRankIsForgotten) {
  Lock low(LockRank::kCentralFreeList);
  Lock high(LockRank::kSystemHeap);
  {
    LockGuard guard(high);
  }
  LockGuard guard(low);
  LockGuard again(high);
}

TEST(LockDeathTest, AllocationUnderALockIsRefusedInDebugBuilds) {
  DebugCheckNoLockHeld();
  Lock lock(LockRank::kStartUp);
  ExpectDebugDeath(
      [&] {
        LockGuard guard(lock);
        DebugCheckNoLockHeld();
      },
      "allocation while a lock of the heap is held");
  DebugCheckNoLockHeld();
}

}  // namespace
}  // namespace headroom
