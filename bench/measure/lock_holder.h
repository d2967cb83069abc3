// Holds a lock of the malloc again and again, so that whoever needs it waits.
//
// Role: waits of known length, to see that they are shown in their place. As
//   long as each hold is, the lock is left alone after it.
// Takes from: malloc_hooks. Gives to: measurement. Its thread exists before it
// is started, and allocates nothing.
#ifndef BENCH_MEASURE_LOCK_HOLDER_H_
#define BENCH_MEASURE_LOCK_HOLDER_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "bench/measure/malloc_hooks.h"

namespace headroom {

// The lock of the central list that requests of so many bytes need.
struct LockHold {
  size_t bytes = 0;
  unsigned ms = 0;  // 0: none is held
};

// Of BYTES=Nms. Empty, or what is wrong: a sentence.
std::string ParseLockHold(std::string_view text, LockHold& hold);

class LockHolder {
 public:
  // `hooks` outlives it.
  LockHolder(MallocHooks& hooks, const LockHold& hold);
  ~LockHolder() { Stop(); }

  // False when there is no such lock, or no way to hold it.
  bool works() const { return works_; }

  void Start();
  // Returns when the last hold is over.
  void Stop();

 private:
  enum class State { kWaiting, kHolding, kStopped };

  bool Hold() { return hooks_.HoldCentralLock(hold_.bytes, hold_.ms * 1000); }
  void Run();

  MallocHooks& hooks_;
  const LockHold hold_;
  const bool works_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kWaiting;
  std::thread thread_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_LOCK_HOLDER_H_
