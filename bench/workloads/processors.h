// Which processor each thread of a workload stays on.
//
// Role: thread after thread, the next processor. Else the kernel would have two
//   threads on one now and then, or producers beside consumers in one run and
//   apart in the next, and that is what would be compared.
// Takes from: what the process may use. Gives to: run_pattern.
#ifndef BENCH_WORKLOADS_PROCESSORS_H_
#define BENCH_WORKLOADS_PROCESSORS_H_

#include <sched.h>

#include <cstddef>

namespace headroom {

class Processors {
 public:
  Processors();

  // Keeps the calling thread, and those that it starts, on one. Where the
  // kernel does not say which there are, nobody is kept.
  void Keep(size_t thread) const;

 private:
  cpu_set_t allowed_;
  size_t count_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_PROCESSORS_H_
