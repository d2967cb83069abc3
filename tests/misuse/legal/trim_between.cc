// malloc_trim between allocations and frees, in two threads.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  auto run = [](void*) -> void* {
    for (size_t i = 0; i < 200; ++i) {
      char* const block = Malloc(i * 100);
      malloc_trim(0);
      Free(block);
    }
    return nullptr;
  };
  pthread_t other;
  Require(pthread_create(&other, nullptr, run, nullptr) == 0, "thread");
  run(nullptr);
  pthread_join(other, nullptr);
}

}  // namespace misuse
