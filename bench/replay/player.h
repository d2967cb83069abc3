// Replays a plan on whatever malloc the process has.
//
// Role: a thread for each of the trace's, born and ended in the same order. It
//   waits only where it ends another one's block, and to be born.
// Takes from: plan, calls, checked_calls. Gives to:
//   timed_replay.
#ifndef BENCH_REPLAY_PLAYER_H_
#define BENCH_REPLAY_PLAYER_H_

#include <memory>
#include <string>
#include <vector>

#include "bench/measure/latency_meter.h"
#include "bench/replay/plan.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

enum class Watch {
  kNothing,
  kTimes,     // how long each call takes
  kContents,  // what is done is counted, what blocks hold is looked at
};

class Player {
 public:
  // `trace` and `plan`, made of it, outlive it.
  Player(const Trace& trace, const Plan& plan, Watch watch);

  // Once, from the first birth to the last step. Returns what the malloc got
  // wrong: empty when nothing.
  std::string Play();
  // Frees what the trace leaves; after a Play without failure, before the next.
  void FreeTheRest();

  // kContents: what the threads did in the last Play.
  const std::vector<ThreadTotals>& totals() const;

  // kTimes: moves those of all threads, of every Play since the last time.
  void TakeTimes(LatencyMeter& all);

 private:
  class Stage;
  // Each thread's, too: its last look is later than what Play waits for.
  const std::shared_ptr<Stage> stage_;
};

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_PLAYER_H_
