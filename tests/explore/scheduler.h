// A few threads of which one runs at a time, until the next seam point.
//
// Role: each atomic access, lock operation, call of the kernel and, in words
//   declared racy, plain access is a point where another thread may go on: a
//   Chooser says which. Plain accesses elsewhere are checked for races. Finds
//   deadlocks and livelocks. Threads are fibers of one kernel thread, on stacks
//   at fixed addresses, so that a schedule repeats a run exactly.
// Takes from: chooser, race_detector, atomic_history, trace. Gives to: hooks
//   (which call it from instrumented code), explorer.
// Invariant: a point at a place that one thread alone uses, or that nobody
//   writes, is no choice; `conflicts` learns from run to run which are.
#ifndef HEADROOM_TESTS_EXPLORE_SCHEDULER_H_
#define HEADROOM_TESTS_EXPLORE_SCHEDULER_H_

#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/explore/atomic_history.h"
#include "tests/explore/chooser.h"
#include "tests/explore/race_detector.h"
#include "tests/explore/trace.h"
#include "tests/explore/vector_clock.h"

namespace headroom::explore {

struct Outcome {
  enum class Kind : uint8_t {
    kDone,
    kReported,  // the allocator reported a misuse
    kRace,
    kDeadlock,
    kLivelock,
    kBroken,  // a thread's own check failed
    kSame,    // what follows is another run's, see Scheduler::Sleep
  };
  Kind kind = Kind::kDone;
  std::string text;
};

// Places where a switch can matter: two threads, one of which writes.
struct Conflicts {
  std::unordered_set<uintptr_t> places;
  bool grew = false;
  bool everywhere = false;
};

class Scheduler {
 public:
  // A run that takes more steps counts as one that never ends.
  static constexpr uint32_t kMostSteps = 100000;

  // The one that runs now; null outside of a run.
  static Scheduler* current;
  // Whether the caller is a thread of a run, and not in the middle of a step.
  static bool IsActive();

  Outcome Run(const std::vector<std::function<void()>>& bodies,
              Chooser& chooser, Conflicts& conflicts);

  // All of them, or those at places of conflict, for people.
  const std::vector<Event>& events() const { return events_; }
  std::vector<Event> EventsWithConflicts() const;
  int thread() const { return running_; }

  // Seam points. `pc`: of the code that has the point.
  uint64_t Load(uintptr_t address, size_t bytes, int order, uintptr_t pc);
  void Store(uintptr_t address, size_t bytes, uint64_t value, int order,
             uintptr_t pc);
  // Replaces the value by change(value, operand); returns the value before.
  using Change = uint64_t (*)(uint64_t value, uint64_t operand);
  uint64_t Modify(uintptr_t address, size_t bytes, Change change,
                  uint64_t operand, int order, uintptr_t pc);
  // Replaces `expected` by `desired`; returns the value before.
  uint64_t CompareExchange(uintptr_t address, size_t bytes, uint64_t expected,
                           uint64_t desired, int order, int failure_order,
                           uintptr_t pc);
  void Plain(uintptr_t address, size_t bytes, bool is_write, uintptr_t pc);
  // The range's memory goes back to the kernel, or becomes inaccessible.
  void Gone(uintptr_t address, size_t bytes, uintptr_t pc);

  void AcquireLock(uintptr_t lock, uintptr_t pc);
  bool TryAcquireLock(uintptr_t lock, uintptr_t pc);
  void ReleaseLock(uintptr_t lock, uintptr_t pc);
  // Whoever held it.
  void ResetLock(uintptr_t lock, uintptr_t pc);

  // futex(2): false when the word has another value by now.
  bool Park(uintptr_t word, uint32_t value, uintptr_t pc);
  int Unpark(uintptr_t word, int most, uintptr_t pc);

  // A call that is one step: until EndStep, nothing in it is a point. It
  // orders nothing.
  void BeginStep(uintptr_t place, uintptr_t pc);
  void EndStep();

  // In the next run plain accesses here are points, as relaxed atomics are, and
  // no races.
  void DeclareRacy(uintptr_t address, size_t bytes);

  // As a fork does to the child: the other threads stop where they are.
  void StopOthers();
  // Ends the run. Does not return.
  [[noreturn]] void End(Outcome::Kind kind, const std::string& text);

  // Between these, accesses are neither points nor checked.
  void BeQuiet();
  void BeLoud();

 private:
  enum class State : uint8_t { kReady, kWaits, kParked, kFinished, kStopped };
  struct Thread {
    ucontext_t context;
    std::function<void()> body;
    State state = State::kReady;
    uintptr_t place = 0;  // the lock or word it waits for
    VectorClock clock;
    // Stopped just before it would do this, and nobody has minded since.
    bool is_asleep = false;
    uintptr_t next_place = 0;
    bool next_is_write = false;
  };
  struct Place {
    uint64_t run = 0;       // what follows is of this one
    bool is_known = false;  // as one with conflicts
    uint8_t readers = 0;
    uint8_t writers = 0;
    AtomicHistory history;
  };
  struct LockState {
    int owner = -1;
    VectorClock published;
  };

  static void ThreadMain();
  void Prepare(size_t index);
  VectorClock& clock() { return threads_[Index()].clock; }
  size_t Index() const { return static_cast<size_t>(running_); }
  // The point itself: notes it, and lets others go first.
  Place& Point(const char* what, uintptr_t address, bool is_write,
               uintptr_t pc);
  Place& PlaceAt(uintptr_t address);
  void NoteConflict(Place& place, uintptr_t address, bool is_write);
  // A thread that was stopped before a point, and goes on before anybody came
  // to the same place, might have been stopped after it as well: that is a run
  // of its own, with no more preemptions. So this one ends here.
  void Sleep(uintptr_t place, bool is_write);
  void WakeWhoMinds(uintptr_t place, bool is_write);
  std::vector<int> Others() const;
  bool CanGoOn(const Thread& thread) const;
  void SwitchTo(int thread);
  // The running thread cannot go on.
  void LetOthersRun();
  AtomicHistory& HistoryAt(Place& place, uintptr_t address, size_t bytes);
  // Somebody writes there, but not as an atomic.
  void ForgetHistory(uintptr_t address, size_t bytes);
  void CheckRace(const Access& access);
  [[noreturn]] void EndWithRace(const Access& access,
                                const RaceDetector::Race& race);
  bool IsRacy(uintptr_t address) const;
  std::string Waiters() const;

  Chooser* chooser_ = nullptr;
  Conflicts* conflicts_ = nullptr;
  std::vector<Thread> threads_;
  ucontext_t main_;
  int running_ = 0;
  int quiet_ = 0;
  uint32_t step_ = 0;
  Outcome outcome_;
  RaceDetector races_;
  uint64_t run_ = 0;
  std::unordered_map<uintptr_t, Place> places_;
  // Where atomics may have been in any run: a bit for the low bits of a word's
  // number.
  static constexpr size_t kAtomicBits = size_t{1} << 20;
  std::vector<bool> atomic_words_ = std::vector<bool>(kAtomicBits);
  std::unordered_map<uintptr_t, LockState> locks_;
  std::vector<std::pair<uintptr_t, uintptr_t>> racy_;
  std::vector<Event> events_;
};

// In a thread's body: what happens while one lives is no part of the run.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
};

// In a thread's body: ends the run as broken when `ok` is false.
void Require(bool ok, const char* text);

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_SCHEDULER_H_
