// Two threads free one block at the same instant, then both allocate: at the
// latest when the block would come twice, it must show.
#include <atomic>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Race {
  char* block;
  size_t size;
  std::atomic<int> ready{0};
  std::atomic<int> freed{0};
};

void Meet(std::atomic<int>& count) {
  ++count;
  while (count.load() < 2) {
  }
}

void* FreeAndAllocate(void* argument) {
  Race& race = *static_cast<Race*>(argument);
  Meet(race.ready);
  Free(race.block);
  Meet(race.freed);
  for (int i = 0; i < 64; ++i) Malloc(race.size);
  return nullptr;
}

}  // namespace

void Program(size_t size, size_t /*n*/) {
  EachInChild(40, [&](size_t) {
    Race race{Malloc(size), size};
    pthread_t other;
    Require(pthread_create(&other, nullptr, FreeAndAllocate, &race) == 0,
            "thread");
    FreeAndAllocate(&race);
    pthread_join(other, nullptr);
  });
}

}  // namespace misuse
