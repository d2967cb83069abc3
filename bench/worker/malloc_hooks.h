// The measures of an instrumented Headroom, which any other malloc lacks.
//
// Takes from: dlsym. Gives to: bench_worker.
#ifndef BENCH_WORKER_MALLOC_HOOKS_H_
#define BENCH_WORKER_MALLOC_HOOKS_H_

#include <string>

namespace headroom {

class MallocHooks {
 public:
  MallocHooks();
  ~MallocHooks();
  MallocHooks(const MallocHooks&) = delete;
  MallocHooks& operator=(const MallocHooks&) = delete;

  // Around the measured part; they allocate nothing of their own.
  void Reset();
  void Write();

  // What was written: JSON, or nothing.
  std::string Measures() const;

 private:
  void (*reset_)() = nullptr;
  void (*write_)(int file) = nullptr;
  int file_ = -1;
};

}  // namespace headroom

#endif  // BENCH_WORKER_MALLOC_HOOKS_H_
