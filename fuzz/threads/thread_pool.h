// Real threads that live as long as the process, and do what they are told.
//
// Role: so many inputs a second that threads of their own would cost too much.
//   One at a time by a baton, or several at once.
// Takes from: nothing. Gives to: threads_state. Only one thread gives jobs.
#ifndef FUZZ_THREADS_THREAD_POOL_H_
#define FUZZ_THREADS_THREAD_POOL_H_

#include <cstddef>
#include <functional>
#include <latch>
#include <memory>
#include <semaphore>

namespace headroom {

class ThreadPool {
 public:
  static constexpr size_t kThreads = 8;
  using Job = std::function<void(size_t thread)>;

  // The one of this process; its threads never end.
  static ThreadPool& Instance();

  // Runs `job` on `count` threads, from `first` on and from 0 again, at the
  // same time; returns when all are done.
  void Run(size_t first, size_t count, const Job& job);

 private:
  struct Seat {
    std::binary_semaphore go{0};
    std::binary_semaphore done{0};
    const Job* job = nullptr;
    std::latch* start = nullptr;
  };

  ThreadPool();
  [[noreturn]] void Live(size_t thread);

  Seat seats_[kThreads];
};

}  // namespace headroom

#endif  // FUZZ_THREADS_THREAD_POOL_H_
