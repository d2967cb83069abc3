// Runs a scenario again and again, each time with another schedule.
//
// Role: first every schedule within bounds, depth first, then as many random
//   ones as wanted; stops at the first that fails, and says how to repeat it.
// Takes from: scheduler. Gives to: tests.
#ifndef HEADROOM_TESTS_EXPLORE_EXPLORER_H_
#define HEADROOM_TESTS_EXPLORE_EXPLORER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "tests/explore/scheduler.h"

namespace headroom::explore {

// What a few threads do, once. Lies at the same address in every run.
class Scenario {
 public:
  virtual ~Scenario() = default;

  virtual std::vector<std::function<void()>> Threads() = 0;
  // For racy words; called before the threads begin.
  virtual void Declare(Scheduler&) {}
  // After the threads' end; empty when all is well.
  virtual std::string BrokenInvariant() { return ""; }
  // May a run end with this report?
  virtual bool MayReport(const std::string&) { return false; }
};

struct Limits {
  int preemptions = 2;  // threads stopped that could go on
  int stale_reads = 1;  // loads that see an older value
  uint64_t random_runs = 0;
  uint64_t seed = 1;
  uint64_t most_runs = 2000000;
  std::string schedule{};  // not empty: this one run
};

// As given on the command line: `limits` are a scenario's own.
Limits OnCommandLine(Limits limits);
// Takes --preemptions=N and so on; false: an unknown flag.
bool ParseFlag(const std::string& argument);

struct Findings {
  uint64_t runs = 0;       // of the last pass
  uint64_t cut_short = 0;  // of these: the rest is the same as another one's
  uint64_t random_runs = 0;
  uint64_t reported = 0;  // runs that ended with a report that may be
  size_t conflicts = 0;   // places where switches were tried
  bool complete = false;  // every schedule within bounds was run
  bool replayed = false;  // the one run that was asked for
  bool failed = false;
  Outcome outcome;  // of the run that failed
  std::string schedule;
  std::string trace;

  // What to print.
  std::string Summary() const;
};

// `make` makes the scenario at the given place.
using MakeScenario = std::function<Scenario*(void* place)>;
Findings ExploreWith(const MakeScenario& make, size_t bytes,
                     const Limits& limits);

template <class T, class... Arguments>
Findings Explore(const Limits& limits, Arguments... arguments) {
  return ExploreWith([=](void* place) { return new (place) T(arguments...); },
                     sizeof(T), OnCommandLine(limits));
}

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_EXPLORER_H_
