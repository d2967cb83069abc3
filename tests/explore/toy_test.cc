// Protocols that are known to be wrong, beside the same ones done right: the
// explorer finds each fault, and none where there is none.
#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/explorer.h"

namespace headroom::explore {
namespace {

// A lock of test and set, which the scheduler need not know.
class SpinLock {
 public:
  void Acquire() {
    while (held_.exchange(true, std::memory_order_acquire)) {
    }
  }
  void Release() { held_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> held_{false};
};

// A lock that the scheduler knows.
class ToyLock {
 public:
  void Acquire() { Scheduler::current->AcquireLock(Place(), 0); }
  void Release() { Scheduler::current->ReleaseLock(Place(), 0); }

 private:
  uintptr_t Place() const { return reinterpret_cast<uintptr_t>(this); }
  [[maybe_unused]] char place_ = 0;
};

template <class Lock>
struct Counter : Scenario {
  enum class Fault { kNone, kNoLock, kLostUnlock };
  explicit Counter(Fault fault) : fault(fault) {}

  void Add(bool first) {
    if (fault != Fault::kNoLock || first) lock.Acquire();
    count = count + 1;
    if (fault == Fault::kNoLock && !first) return;
    if (fault != Fault::kLostUnlock || !first) lock.Release();
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Add(true); }, [this] { Add(false); }};
  }
  std::string BrokenInvariant() override {
    return count == 2 ? "" : "an addition was lost";
  }

  const Fault fault;
  Lock lock;
  int count = 0;
};
using LockedCounter = Counter<ToyLock>;
using SpinCounter = Counter<SpinLock>;

TEST(ToyTest, ALockThatIsHeldThroughout) {
  const Findings found =
      Explore<LockedCounter>({}, LockedCounter::Fault::kNone);
  EXPECT_TRUE(found.complete) << found.Summary();
  EXPECT_GE(found.runs, 2u);
}

TEST(ToyTest, AMissingLockIsARace) {
  const Findings found =
      Explore<LockedCounter>({}, LockedCounter::Fault::kNoLock);
  EXPECT_EQ(found.outcome.kind, Outcome::Kind::kRace) << found.Summary();
}

TEST(ToyTest, ALostUnlockIsADeadlock) {
  const Findings found =
      Explore<LockedCounter>({}, LockedCounter::Fault::kLostUnlock);
  EXPECT_EQ(found.outcome.kind, Outcome::Kind::kDeadlock) << found.Summary();
}

TEST(ToyTest, ALostUnlockOfASpinLockIsALivelock) {
  const Findings found =
      Explore<SpinCounter>({}, SpinCounter::Fault::kLostUnlock);
  EXPECT_EQ(found.outcome.kind, Outcome::Kind::kLivelock) << found.Summary();
}

struct TwoLocks : Scenario {
  explicit TwoLocks(bool inverted) : inverted(inverted) {}
  void TakeBoth(size_t first, size_t second) {
    locks[first].Acquire();
    locks[second].Acquire();
    locks[second].Release();
    locks[first].Release();
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { TakeBoth(0, 1); },
            [this] { inverted ? TakeBoth(1, 0) : TakeBoth(0, 1); }};
  }
  const bool inverted;
  std::array<ToyLock, 2> locks;
};

TEST(ToyTest, LocksTakenInOneOrder) {
  EXPECT_TRUE(Explore<TwoLocks>({}, false).complete);
}

TEST(ToyTest, AnInvertedOrderIsADeadlock) {
  const Findings found = Explore<TwoLocks>({}, true);
  EXPECT_EQ(found.outcome.kind, Outcome::Kind::kDeadlock) << found.Summary();
}

// Whoever comes first makes the object, under a lock; the others look without.
struct DoubleChecked : Scenario {
  DoubleChecked(std::memory_order store, std::memory_order load)
      : store_order(store), load_order(load) {}
  void Use() {
    int* made = object.load(load_order);
    if (made == nullptr) {
      lock.Acquire();
      made = object.load(std::memory_order_relaxed);
      if (made == nullptr) {
        storage = 42;
        made = &storage;
        object.store(made, store_order);
      }
      lock.Release();
    }
    Require(*made == 42, "not made yet");
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Use(); }, [this] { Use(); }};
  }
  const std::memory_order store_order;
  const std::memory_order load_order;
  ToyLock lock;
  int storage = 0;
  std::atomic<int*> object{nullptr};
};

TEST(ToyTest, DoubleCheckedWithReleaseAndAcquire) {
  const Findings found = Explore<DoubleChecked>({}, std::memory_order_release,
                                                std::memory_order_acquire);
  EXPECT_TRUE(found.complete) << found.Summary();
}

TEST(ToyTest, DoubleCheckedWithoutAcquireIsARace) {
  const Findings found = Explore<DoubleChecked>({}, std::memory_order_release,
                                                std::memory_order_relaxed);
  EXPECT_EQ(found.outcome.kind, Outcome::Kind::kRace) << found.Summary();
}

TEST(ToyTest, DoubleCheckedWithoutReleaseIsARace) {
  const Findings found = Explore<DoubleChecked>({}, std::memory_order_relaxed,
                                                std::memory_order_acquire);
  EXPECT_EQ(found.outcome.kind, Outcome::Kind::kRace) << found.Summary();
}

// Each says that it comes, then looks for the other one: wrong on every
// processor that lets a load overtake a store.
struct StoreBuffer : Scenario {
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Look(0); }, [this] { Look(1); }};
  }
  void Look(size_t own) {
    comes[own].store(1, std::memory_order_relaxed);
    seen[own] = comes[1 - own].load(std::memory_order_relaxed);
  }
  std::string BrokenInvariant() override {
    return seen[0] + seen[1] > 0 ? "" : "neither saw the other";
  }
  std::array<std::atomic<int>, 2> comes{};
  std::array<int, 2> seen{};
};

TEST(ToyTest, AnOldValueIsSeen) {
  const Findings found = Explore<StoreBuffer>({.preemptions = 0});
  EXPECT_EQ(found.outcome.text, "neither saw the other") << found.Summary();
}

TEST(ToyTest, WithoutOldValuesAllIsWell) {
  EXPECT_TRUE(Explore<StoreBuffer>({.stale_reads = 0}).complete);
}

// A value is read, and written back later: needs a preemption in between.
struct LostUpdate : Scenario {
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Add(); }, [this] { Add(); }};
  }
  void Add() { count.store(count.load() + 1); }
  std::string BrokenInvariant() override {
    return count.load() == 2 ? "" : "an addition was lost";
  }
  std::atomic<int> count{0};
};

TEST(ToyTest, OnePreemptionLosesAnUpdate) {
  EXPECT_TRUE(Explore<LostUpdate>({.preemptions = 0}).complete);
  EXPECT_EQ(Explore<LostUpdate>({.preemptions = 1}).outcome.text,
            "an addition was lost");
}

TEST(ToyTest, AScheduleRepeatsTheRunThatFailed) {
  const Findings found = Explore<LostUpdate>({});
  ASSERT_TRUE(found.failed);
  const Findings again = Explore<LostUpdate>({.schedule = found.schedule});
  EXPECT_TRUE(again.failed);
  EXPECT_EQ(again.runs, 1u);
  EXPECT_EQ(again.trace, found.trace);
  EXPECT_FALSE(Explore<LostUpdate>({.schedule = "plain"}).failed);
}

TEST(ToyTest, ARandomWalkFindsItToo) {
  const Findings found =
      Explore<LostUpdate>({.preemptions = 0, .random_runs = 100});
  EXPECT_EQ(found.outcome.text, "an addition was lost");
}

}  // namespace
}  // namespace headroom::explore
