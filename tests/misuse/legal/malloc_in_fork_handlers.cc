// The handlers of pthread_atfork allocate and free.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

char* held = nullptr;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  static const auto handler = [] {
    Free(held);
    held = Malloc(300);
    Free(Malloc(40000));
  };
  pthread_atfork(handler, handler, handler);
  for (int i = 0; i < 10; ++i) {
    Require(SignalOfChild([] { Free(Malloc(100)); }) == 0, "the child");
  }
}

}  // namespace misuse
