#include "fuzz/process/program/burst.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iterator>
#include <random>

#include "fuzz/process/program/tell.h"

namespace headroom {
namespace {

constexpr int kBusyThreads = 2;
constexpr int kRounds = 300;
constexpr size_t kStackBytes = size_t{256} << 10;
constexpr size_t kSizes[] = {16, 100, 700, 3000, 20000, 70000, 6u << 20};

struct Busy {
  pthread_t thread = {};
  uint32_t seed = 0;
  bool lives = false;
};
std::atomic<bool> forking{false};

// A few live blocks at any time, of any size.
void Work(uint32_t seed) {
  std::minstd_rand dice(seed);
  void* blocks[16] = {};
  for (int i = 0; i < kRounds || forking; ++i) {
    void*& block = blocks[dice() / 7 % std::size(blocks)];
    const uint32_t choice = dice() / 7;
    free(block);
    // The largest are rare: they cost system calls.
    const size_t most = choice % 64 == 0 ? std::size(kSizes) : 5;
    block = malloc(kSizes[dice() / 7 % most]);
  }
  for (void* block : blocks) free(block);
}

void* WorkInThread(void* argument) {
  Work(static_cast<Busy*>(argument)->seed);
  return nullptr;
}

bool Start(Busy& busy, uint32_t seed) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  busy.seed = seed;
  busy.lives =
      pthread_create(&busy.thread, &attributes, &WorkInThread, &busy) == 0;
  pthread_attr_destroy(&attributes);
  return busy.lives;
}

void LiveAsChild(uint32_t seed) {
  for (const size_t size : kSizes) free(Opaque(malloc(size)));
  forking = false;
  Busy busy;
  if (Start(busy, seed)) pthread_join(busy.thread, nullptr);
  _exit(0);
}

}  // namespace

void Burst(uint32_t seed, int forks) {
  Busy all[kBusyThreads];
  forking = forks > 0;
  for (Busy& busy : all) Start(busy, seed++);
  for (int i = 0; i < forks; ++i) {
    const pid_t child = fork();
    if (child == 0) LiveAsChild(seed);
    if (child < 0) continue;
    int status = -1;
    waitpid(child, &status, 0);
    Promise(status == 0, "a child finds the heap at rest");
  }
  forking = false;
  for (Busy& busy : all) {
    if (busy.lives) pthread_join(busy.thread, nullptr);
  }
}

}  // namespace headroom
