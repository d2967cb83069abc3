// The measures of an instrumented Headroom, which any other malloc lacks.
//
// Takes from: dlsym. Gives to: lock_holder, measurement.
#ifndef BENCH_MEASURE_MALLOC_HOOKS_H_
#define BENCH_MEASURE_MALLOC_HOOKS_H_

#include <cstddef>
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

  // Returns after the time. False, and at once, where the malloc has no such
  // function, or no such lock for blocks of that size.
  bool HoldCentralLock(size_t bytes, unsigned microseconds);

  // What was written: JSON, or nothing.
  std::string Measures() const;

 private:
  void (*reset_)() = nullptr;
  void (*write_)(int file) = nullptr;
  void (*hold_)(size_t bytes, unsigned microseconds) = nullptr;
  int file_ = -1;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_MALLOC_HOOKS_H_
