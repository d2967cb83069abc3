// Blocks are freed and made when a thread's destructors run.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Holder {
  char* block = nullptr;
  ~Holder() {
    Free(block);
    Free(Malloc(800));
  }
};

thread_local Holder holder;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (int i = 0; i < 20; ++i) {
    InThread([] {
      holder.block = Malloc(500);
      pthread_key_t key;
      pthread_key_create(&key, [](void* block) {
        Free(block);
        Free(Malloc(700));
      });
      pthread_setspecific(key, Malloc(600));
    });
  }
}

}  // namespace misuse
