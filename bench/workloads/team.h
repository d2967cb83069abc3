// Brings the threads of a workload through its parts together.
//
// Role: barriers, and the flag that says stop. The main thread leads, the
//   others play; while the main thread reads counters all of them wait.
// Takes from: pthread barriers, which allocate nothing; Plan. Gives to:
//   run_pattern.
#ifndef BENCH_WORKLOADS_TEAM_H_
#define BENCH_WORKLOADS_TEAM_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include "bench/workloads/workload.h"

namespace headroom {

class Team {
 public:
  explicit Team(const Plan& plan);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  const std::atomic<bool>* stop() const { return &stop_; }
  // What a thread may do in a part, where a number of operations ends it.
  int64_t MostOperations() const;

  // For the players, in this order, the first two in each part, as long as
  // there is one.
  bool AwaitStart();
  void AwaitEnd() { Meet(); }
  void AwaitTearDown() { Meet(); }

  // For the main thread: through all turns, and on to the tear-down.
  // `operations`: of all players in all measured parts so far.
  void Lead(const std::function<int64_t()>& operations);
  void LetGo() { Meet(); }

 private:
  void Meet() { pthread_barrier_wait(&barrier_); }
  void LeadPart(double seconds);

  const Plan& plan_;
  pthread_barrier_t barrier_;
  bool more_ = true;  // written while all others are at the barrier
  alignas(128) std::atomic<bool> stop_ = false;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_TEAM_H_
