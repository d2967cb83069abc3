// Which processor each thread of a workload stays on.
//
// Role: thread after thread, the next processor. Else the kernel would have two
//   threads on one now and then, or producers beside consumers in one run and
//   apart in the next, and that is what would be compared. Every second one may
//   be a producer, so rounds begin one further each. Many threads to a
//   processor spread by themselves.
// Takes from: what the process may use. Gives to: run_pattern.
#ifndef BENCH_WORKLOADS_PROCESSORS_H_
#define BENCH_WORKLOADS_PROCESSORS_H_

#include <sched.h>

#include <cstddef>

namespace headroom {

class Processors {
 public:
  explicit Processors(size_t threads);

  // Keeps the calling thread, and those that it starts, on one; not where there
  // are many threads, or the kernel does not say which processors there are.
  void Keep(size_t thread) const;

 private:
  cpu_set_t allowed_;
  size_t count_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_PROCESSORS_H_
