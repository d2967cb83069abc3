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

#include "bench/workloads/workload.h"

namespace headroom {

class Team {
 public:
  static constexpr int kParts = 2;  // warm-up, measured

  explicit Team(const Plan& plan);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  const std::atomic<bool>* stop() const { return &stop_; }
  // What a thread may do in a part, where a number of operations ends it.
  int64_t MostOperations() const;

  // For the players, in this order, the first two in each part.
  void AwaitStart();
  void AwaitEnd() { Meet(); }
  void AwaitTearDown() { Meet(); }

  // For the main thread: through all parts, and on to the tear-down.
  void Lead();
  void LetGo() { Meet(); }

 private:
  void Meet() { pthread_barrier_wait(&barrier_); }

  const Plan& plan_;
  pthread_barrier_t barrier_;
  alignas(128) std::atomic<bool> stop_ = false;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_TEAM_H_
