// Two threads swap blocks through one place without a pause.
#include <atomic>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

std::atomic<char*> place{nullptr};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  auto run = [](void*) -> void* {
    for (size_t i = 0; i < 20000; ++i) Free(place.exchange(Malloc(i % 700)));
    return nullptr;
  };
  pthread_t other;
  Require(pthread_create(&other, nullptr, run, nullptr) == 0, "thread");
  run(nullptr);
  pthread_join(other, nullptr);
  Free(place.load());
}

}  // namespace misuse
