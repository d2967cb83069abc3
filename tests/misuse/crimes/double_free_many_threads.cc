// Eight threads free one block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  pthread_t threads[8];
  auto run = [](void* block) -> void* {
    Free(block);
    return nullptr;
  };
  for (pthread_t& thread : threads) {
    Require(pthread_create(&thread, nullptr, run, block) == 0, "thread");
  }
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

}  // namespace misuse
