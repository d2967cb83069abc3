#include "tests/explore/explorer.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "tests/explore/fixed_memory.h"
#include "tests/explore/strategies.h"

namespace headroom::explore {
namespace {

constexpr uintptr_t kScenario = 0x200000000000;
constexpr size_t kMostScenarioBytes = size_t{1} << 20;
constexpr size_t kTraceEvents = 60;
constexpr size_t kSignalStackBytes = size_t{1} << 16;

std::map<std::string, std::string>& Flags() {
  static std::map<std::string, std::string> flags;
  return flags;
}

void* ScenarioPlace() {
  static void* const place =
      mmap(reinterpret_cast<void*>(kScenario), kMostScenarioBytes,
           PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (place == MAP_FAILED) abort();
  return place;
}

// The run that goes on, for the handler of a crash in it.
const Scheduler* running = nullptr;
const Chooser* choosing = nullptr;

// Not safe in a signal handler, and good enough for a test that has failed.
void OnCrash(int signal, siginfo_t* info, void*) {
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  sigaction(signal, &plain, nullptr);
  if (running == nullptr) return;
  fprintf(stderr, "%sschedule %s\nsignal %d at %p in thread %d\n",
          TraceText(running->EventsWithConflicts(), kTraceEvents).c_str(),
          ScheduleText(choosing->schedule()).c_str(), signal, info->si_addr,
          running->thread());
}

void WatchCrashes() {
  static char stack[kSignalStackBytes];
  const stack_t alternate = {stack, 0, sizeof(stack)};
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = &OnCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT}) {
    sigaction(signal, &action, nullptr);
  }
}

const char* KindText(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::kDone:
      return "done";
    case Outcome::Kind::kReported:
      return "report";
    case Outcome::Kind::kRace:
      return "race";
    case Outcome::Kind::kDeadlock:
      return "deadlock";
    case Outcome::Kind::kLivelock:
      return "livelock";
    case Outcome::Kind::kBroken:
      return "broken";
    case Outcome::Kind::kSame:
      return "same as another";
  }
  return "?";
}

class Exploration {
 public:
  Exploration(const MakeScenario& make, size_t bytes) : make_(make) {
    if (bytes > kMostScenarioBytes) abort();
    WatchCrashes();
  }

  // True when it went well.
  bool RunOnce(Chooser& chooser, Findings& findings) {
    ReuseMappings();
    Scenario* scenario = make_(ScenarioPlace());
    scenario->Declare(scheduler_);
    running = &scheduler_;
    choosing = &chooser;
    Outcome outcome = scheduler_.Run(scenario->Threads(), chooser, conflicts_);
    running = nullptr;
    if (outcome.kind == Outcome::Kind::kReported &&
        scenario->MayReport(outcome.text)) {
      ++findings.reported;
      outcome = {};
    } else if (outcome.kind == Outcome::Kind::kDone) {
      const std::string broken = scenario->BrokenInvariant();
      if (!broken.empty()) outcome = {Outcome::Kind::kBroken, broken};
    }
    if (outcome.kind == Outcome::Kind::kSame) {
      ++findings.cut_short;
      outcome = {};
    }
    scenario->~Scenario();
    if (outcome.kind == Outcome::Kind::kDone) return true;
    findings.failed = true;
    findings.outcome = outcome;
    findings.schedule = ScheduleText(chooser.schedule());
    findings.trace = TraceText(scheduler_.EventsWithConflicts(), kTraceEvents);
    return false;
  }

  void RunAll(const Limits& limits, Findings& findings) {
    DepthFirst chooser(limits.preemptions, limits.stale_reads);
    while (findings.runs < limits.most_runs) {
      ++findings.runs;
      conflicts_.grew = false;
      if (!RunOnce(chooser, findings)) return;
      if (conflicts_.grew) {
        // There are more points than the runs so far tried.
        chooser.Restart();
        findings.runs = 0;
        findings.reported = findings.cut_short = 0;
      } else if (!chooser.Advance()) {
        findings.complete = true;
        return;
      }
    }
  }

  void RunRandom(const Limits& limits, Findings& findings) {
    for (uint64_t i = 0; i < limits.random_runs; ++i) {
      ++findings.random_runs;
      RandomWalk chooser(limits.seed + i);
      if (!RunOnce(chooser, findings)) return;
    }
  }

  void RunGiven(const Limits& limits, Findings& findings) {
    // Every point, for nobody knows which ones the run that failed had.
    conflicts_.everywhere = true;
    Replay chooser(limits.schedule);
    findings.replayed = true;
    ++findings.runs;
    RunOnce(chooser, findings);
  }

  size_t conflicts() const { return conflicts_.places.size(); }

 private:
  const MakeScenario& make_;
  Scheduler scheduler_;
  Conflicts conflicts_;
};

}  // namespace

bool ParseFlag(const std::string& argument) {
  for (const char* name :
       {"preemptions", "stale_reads", "random_runs", "seed", "schedule"}) {
    const std::string start = std::string("--") + name + "=";
    if (!argument.starts_with(start)) continue;
    Flags()[name] = argument.substr(start.size());
    return true;
  }
  return false;
}

Limits OnCommandLine(Limits limits) {
  const auto number = [](const char* name, auto& value) {
    if (Flags().count(name) == 0) return;
    value = static_cast<std::remove_reference_t<decltype(value)>>(
        strtoull(Flags()[name].c_str(), nullptr, 10));
  };
  number("preemptions", limits.preemptions);
  number("stale_reads", limits.stale_reads);
  number("random_runs", limits.random_runs);
  number("seed", limits.seed);
  if (Flags().count("schedule") != 0) limits.schedule = Flags()["schedule"];
  return limits;
}

std::string Findings::Summary() const {
  std::string text = std::to_string(runs) + " schedules (" +
                     std::to_string(cut_short) +
                     " cut short, as the same as others)" +
                     (complete ? ", all there are within the bounds; "
                               : ", not all within the bounds; ") +
                     std::to_string(random_runs) + " random ones; " +
                     std::to_string(reported) + " ended with a report; " +
                     std::to_string(conflicts) + " places with conflicts\n";
  if (failed) {
    text += trace + "\n" + KindText(outcome.kind) + ": " + outcome.text +
            "\nrepeat with --schedule=" + schedule + "\n";
  }
  return text;
}

Findings ExploreWith(const MakeScenario& make, size_t bytes,
                     const Limits& limits) {
  Findings findings;
  Exploration exploration(make, bytes);
  if (!limits.schedule.empty()) {
    exploration.RunGiven(limits, findings);
    return findings;
  }
  exploration.RunAll(limits, findings);
  if (!findings.failed) exploration.RunRandom(limits, findings);
  findings.conflicts = exploration.conflicts();
  return findings;
}

}  // namespace headroom::explore
