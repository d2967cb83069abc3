// Threads that do one thing at a time, when told to, and die when told to.
//
// Role: whoever allocates and whoever frees may be other threads, dead ones
//   too; each frees and allocates once more in destructors that run after the
//   allocator's own.
// Takes from: pthreads. Gives to: the program's main.
// Thread-safety: for the main thread.
#ifndef FUZZ_PROCESS_PROGRAM_WORKERS_H_
#define FUZZ_PROCESS_PROGRAM_WORKERS_H_

#include <pthread.h>
#include <semaphore.h>

#include <array>

#include "fuzz/process/record.h"

namespace headroom {

class Workers {
 public:
  using Function = void (*)(const Record& record);

  explicit Workers(Function function) : function_(function) {}

  // On thread `record.thread`, which is born if need be; 0 is the caller. When
  // none can be made the caller does it.
  void Do(const Record& record);
  void End(int thread);
  void EndAll();
  // In a child: they were left behind in the parent.
  void Forget();

 private:
  struct Worker {
    Workers* all = nullptr;
    pthread_t thread = {};
    sem_t told = {};
    sem_t done = {};
    const Record* record = nullptr;  // null: die
    bool lives = false;
  };

  static void* Live(void* argument);
  bool Bear(Worker& worker);

  const Function function_;
  std::array<Worker, kThreads> workers_;
};

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_WORKERS_H_
