#include "fuzz/process/program/workers.h"

#include <cerrno>
#include <cstdlib>

#include "fuzz/process/program/tell.h"

namespace headroom {
namespace {

constexpr size_t kStackBytes = size_t{256} << 10;
// Destructors run so often at most.
constexpr uintptr_t kRounds = 4;

pthread_key_t late_key;

// In each round a block is made and freed; the last one's maker has given its
// cache up.
void InLateDestructor(void* argument) {
  const auto round = reinterpret_cast<uintptr_t>(argument);
  void* const block = malloc(40 * round);
  free(Opaque(block));
  void* const large = malloc(50000);
  free(Opaque(large));
  if (round < kRounds) {
    pthread_setspecific(late_key, reinterpret_cast<void*>(round + 1));
  }
}

void Wait(sem_t& semaphore) {
  while (sem_wait(&semaphore) != 0) {
  }
}

}  // namespace

void* Workers::Live(void* argument) {
  Worker& self = *static_cast<Worker*>(argument);
  pthread_setspecific(late_key, reinterpret_cast<void*>(uintptr_t{1}));
  while (true) {
    Wait(self.told);
    if (self.record == nullptr) return nullptr;
    self.all->function_(*self.record);
    sem_post(&self.done);
  }
}

bool Workers::Bear(Worker& worker) {
  static const bool has_key =
      pthread_key_create(&late_key, &InLateDestructor) == 0;
  Promise(has_key, "a key can be made");
  worker.all = this;
  sem_init(&worker.told, 0, 0);
  sem_init(&worker.done, 0, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  worker.lives =
      pthread_create(&worker.thread, &attributes, &Live, &worker) == 0;
  pthread_attr_destroy(&attributes);
  return worker.lives;
}

void Workers::Do(const Record& record) {
  Worker& worker = workers_[record.thread % kThreads];
  if (record.thread % kThreads == 0 || (!worker.lives && !Bear(worker))) {
    function_(record);
    return;
  }
  worker.record = &record;
  sem_post(&worker.told);
  Wait(worker.done);
}

void Workers::End(int thread) {
  Worker& worker = workers_[thread % kThreads];
  if (!worker.lives) return;
  worker.record = nullptr;
  sem_post(&worker.told);
  pthread_join(worker.thread, nullptr);
  worker.lives = false;
}

void Workers::EndAll() {
  for (int i = 0; i < kThreads; ++i) End(i);
}

void Workers::Forget() {
  for (Worker& worker : workers_) worker.lives = false;
}

}  // namespace headroom
