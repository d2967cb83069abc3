#include "fuzz/threads/thread_pool.h"

#include <thread>

namespace headroom {

ThreadPool& ThreadPool::Instance() {
  // Never destroyed: its threads wait in it until the process is gone.
  static auto& pool = *new ThreadPool;
  return pool;
}

ThreadPool::ThreadPool() {
  for (size_t i = 0; i < kThreads; ++i) {
    std::thread([this, i] { Live(i); }).detach();
  }
}

void ThreadPool::Live(size_t thread) {
  Seat& seat = seats_[thread];
  while (true) {
    seat.go.acquire();
    // So that none has ended before the last one begins.
    seat.start->arrive_and_wait();
    (*seat.job)(thread);
    seat.done.release();
  }
}

void ThreadPool::Run(size_t first, size_t count, const Job& job) {
  std::latch start(static_cast<ptrdiff_t>(count));
  for (size_t i = 0; i < count; ++i) {
    Seat& seat = seats_[(first + i) % kThreads];
    seat.job = &job;
    seat.start = &start;
    seat.go.release();
  }
  for (size_t i = 0; i < count; ++i) {
    seats_[(first + i) % kThreads].done.acquire();
  }
}

}  // namespace headroom
