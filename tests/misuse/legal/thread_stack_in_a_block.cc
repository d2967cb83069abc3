// A thread runs on a stack that malloc gave.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  constexpr size_t kBytes = 1 << 18;
  for (int i = 0; i < 5; ++i) {
    void* const stack = AlignedAlloc(kPage, kBytes);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, kBytes);
    pthread_t thread;
    auto run = [](void*) -> void* {
      Free(Malloc(100));
      return nullptr;
    };
    Require(pthread_create(&thread, &attributes, run, nullptr) == 0, "thread");
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    Free(stack);
  }
}

}  // namespace misuse
